import { Graph, Value } from '../ir/index.ts';
import { keep, nonBlank, nonEmpty, readMetadata, writeMetadata } from './entries.ts';
import { decodeNode, encodeNode } from './node.ts';
import type { GraphProto, SparseTensorProto, TensorProto, ValueInfoProto } from './schema.ts';
import { Scope } from './scope.ts';
import { decodeSparse } from './sparse.ts';
import { decodeTensor, encodeTensor } from './tensor.ts';
import { decodeValue, describe, encodeValue, foreignOf } from './value.ts';

/** `outer` has the values of the graphs around this one. Throws ModelError where the graph is malformed. */
export function decodeGraph(message: GraphProto, outer?: Scope): Graph {
  const { node = [], name = '', initializer = [], input = [], output = [], ...more } = message;
  const { doc_string, value_info = [], sparse_initializer = [], metadata_props, ...rest } = more;
  const graph = new Graph(name);
  const scope = new Scope(name, node, outer);
  for (const info of input) graph.inputs.push(scope.define(decodeValue(info), 'An input'));
  for (const tensor of initializer) addInitializer(graph, scope, tensor);
  for (const tensor of sparse_initializer) addSparse(graph, scope, tensor);
  for (const one of node) graph.insert(decodeNode(one, scope));
  for (const info of output) graph.outputs.push(decodeOutput(info, scope));
  const ends = new Set([...graph.inputs, ...graph.outputs, ...graph.initializers.values()]);
  const homeless = value_info.filter((info) => !describeOwn(info, scope, ends));
  graph.docString = doc_string ?? '';
  graph.foreign = keep({
    ...rest,
    value_info: nonEmpty(homeless),
    metadata_props: readMetadata(metadata_props, graph.metadata),
  });
  return graph;
}

function addInitializer(graph: Graph, scope: Scope, message: TensorProto): void {
  const { name = '' } = message;
  const tensor = decodeTensor(message, `Initializer '${name}'`);
  const input = graph.initializers.has(name) ? undefined : scope.own(name);
  const value = input ?? scope.define(new Value(name, undefined, tensor), 'An initializer');
  value.tensor = tensor;
  value.type ??= { dtype: tensor.dtype, shape: tensor.shape };
  graph.addInitializer(value);
}

/** The IR has no sparse tensors: the value has the dense one, and remembers its form for as long as it stays. */
function addSparse(graph: Graph, scope: Scope, message: SparseTensorProto): void {
  const name = message.values?.name ?? '';
  const tensor = decodeSparse(message);
  const value = scope.define(new Value(name, undefined, tensor), 'A sparse initializer');
  value.foreign = { sparse: { message, read: tensor } };
  graph.addInitializer(value);
}

function decodeOutput(info: ValueInfoProto, scope: Scope): Value {
  const value = scope.use(info.name ?? '', 'An output');
  describe(value, info);
  return value;
}

/** False if the graph has no value of that name. */
function describeOwn(info: ValueInfoProto, scope: Scope, ends: ReadonlySet<Value>): boolean {
  const value = scope.own(info.name ?? '');
  if (!value) return false;
  describe(value, info, ends.has(value) ? { listed: true } : {});
  return true;
}

export function encodeGraph(graph: Graph): GraphProto {
  const { metadata_props, value_info, ...rest } = (graph.foreign as GraphProto | undefined) ?? {};
  const initializers = [...graph.initializers.values()];
  return {
    ...rest,
    node: graph.nodes.map(encodeNode),
    name: graph.name,
    initializer: initializers.flatMap((v) =>
      v.tensor && !stillSparse(v) ? [encodeTensor(v.tensor, v.name)] : [],
    ),
    sparse_initializer: initializers.flatMap(encodeSparse),
    doc_string: nonBlank(graph.docString),
    input: graph.inputs.map(encodeValue),
    output: graph.outputs.map(encodeValue),
    value_info: encodeValueInfo(graph, value_info),
    metadata_props: writeMetadata(graph.metadata, metadata_props),
  };
}

function encodeSparse(value: Value): readonly SparseTensorProto[] {
  const sparse = stillSparse(value);
  return sparse ? [{ ...sparse, values: { ...sparse.values, name: value.name } }] : [];
}

/** The sparse form that a value was read with, if its tensor is the one that was read. */
function stillSparse(value: Value): SparseTensorProto | undefined {
  const sparse = foreignOf(value)?.sparse;
  return sparse && value.tensor === sparse.read ? sparse.message : undefined;
}

/** What is known about values that are neither input, output nor initializer. */
function encodeValueInfo(graph: Graph, homeless: readonly ValueInfoProto[] = []): readonly ValueInfoProto[] {
  const outputs = new Set(graph.outputs);
  const values = [...graph.values()];
  const names = new Set(values.map((value) => value.name));
  const list = values.filter((value) => {
    const foreign = foreignOf(value);
    if (foreign?.listed) return true;
    const known = value.dtype || value.docString || value.metadata.size || foreign;
    return known && value.producer && !outputs.has(value);
  });
  return [...list.map(encodeValue), ...homeless.filter((info) => !names.has(info.name ?? ''))];
}
