import { ModelError } from '../errors.ts';
import type { Attribute, LocalFunction } from '../ir/index.ts';
import { decodeAttribute, encodeAttribute } from './attribute.ts';
import { keep, nonBlank, nonEmpty, readOpsets, writeOpsets } from './entries.ts';
import { decodeGraph, encodeGraph } from './graph.ts';
import type { FunctionProto, ValueInfoProto } from './schema.ts';

/** A function is read as a graph whose inputs and outputs have what types its `value_info` tells. */
export function decodeFunction(message: FunctionProto): LocalFunction {
  const { name = '', domain = '', overload = '', input = [], output = [], ...more } = message;
  const { node, doc_string, value_info, metadata_props, attribute, attribute_proto, ...others } = more;
  const { opset_import, ...rest } = others;
  const opsets = new Map<string, number>();
  const body = {
    name,
    node,
    doc_string,
    value_info,
    metadata_props,
    input: input.map((one) => ({ name: one })),
    output: output.map((one) => ({ name: one })),
  };
  return {
    name,
    domain,
    overload,
    opsets,
    graph: decodeGraph(body),
    attributes: decodeParameters(message),
    foreign: keep({ ...rest, opset_import: readOpsets(opset_import, opsets) }),
  };
}

function decodeParameters(message: FunctionProto): Map<string, Attribute | undefined> {
  const { attribute = [], attribute_proto = [] } = message;
  const parameters = new Map<string, Attribute | undefined>(attribute.map((name) => [name, undefined]));
  for (const one of attribute_proto) {
    const label = `Function '${message.name ?? ''}' attribute '${one.name ?? ''}'`;
    if (parameters.has(one.name ?? '')) throw new ModelError(`${label} is there twice`);
    parameters.set(one.name ?? '', decodeAttribute(one, undefined, label));
  }
  return parameters;
}

export function encodeFunction(local: LocalFunction): FunctionProto {
  const { opset_import, ...rest } = (local.foreign as FunctionProto | undefined) ?? {};
  const { input = [], output = [], value_info = [], ...body } = encodeGraph(local.graph);
  const parameters = [...local.attributes];
  return {
    ...rest,
    name: local.name,
    domain: nonBlank(local.domain),
    overload: nonBlank(local.overload),
    input: local.graph.inputs.map((value) => value.name),
    output: local.graph.outputs.map((value) => value.name),
    node: body.node,
    doc_string: body.doc_string,
    metadata_props: body.metadata_props,
    attribute: nonEmpty(parameters.flatMap(([name, value]) => (value ? [] : [name]))),
    attribute_proto: parameters.flatMap(([name, value]) => (value ? [encodeAttribute(name, value)] : [])),
    value_info: distinct([...input, ...output, ...value_info]),
    opset_import: writeOpsets(local.opsets, opset_import),
  };
}

/** One entry a value, and none for a value of which only the name is known. */
function distinct(list: readonly ValueInfoProto[]): readonly ValueInfoProto[] {
  const byName = new Map(list.map((info) => [info.name, info]));
  return [...byName.values()].filter(({ name, ...known }) => keep(known));
}
