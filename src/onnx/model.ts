import { ModelError } from '../errors.ts';
import { Model } from '../ir/index.ts';
import {
  keep,
  nonBlank,
  nonEmpty,
  readMetadata,
  readOpsets,
  safe,
  writeMetadata,
  writeOpsets,
} from './entries.ts';
import { decodeFunction, encodeFunction } from './function.ts';
import { decodeGraph, encodeGraph } from './graph.ts';
import type { ModelProto } from './schema.ts';

export function decodeModel(message: ModelProto): Model {
  const { graph, ir_version = 0, model_version = 0, functions = [], ...more } = message;
  const { opset_import, metadata_props, producer_name, producer_version, domain, doc_string, ...rest } = more;
  if (!graph) throw new ModelError('Not an ONNX model: it must have a graph, has none');
  const model = new Model(decodeGraph(graph));
  model.opsets.clear();
  model.functions.push(...functions.map(decodeFunction));
  model.foreign = keep({
    ...rest,
    opset_import: readOpsets(opset_import, model.opsets),
    metadata_props: readMetadata(metadata_props, model.metadata),
  });
  return Object.assign(model, {
    irVersion: safe(ir_version, 'IR version'),
    modelVersion: model_version,
    producerName: producer_name ?? '',
    producerVersion: producer_version ?? '',
    domain: domain ?? '',
    docString: doc_string ?? '',
  });
}

export function encodeModel(model: Model): ModelProto {
  const { opset_import, metadata_props, ...rest } = (model.foreign as ModelProto | undefined) ?? {};
  return {
    ...rest,
    ir_version: model.irVersion,
    producer_name: nonBlank(model.producerName),
    producer_version: nonBlank(model.producerVersion),
    domain: nonBlank(model.domain),
    model_version: model.modelVersion,
    doc_string: nonBlank(model.docString),
    graph: encodeGraph(model.graph),
    opset_import: writeOpsets(model.opsets, opset_import),
    metadata_props: writeMetadata(model.metadata, metadata_props),
    functions: nonEmpty(model.functions.map(encodeFunction)),
  };
}
