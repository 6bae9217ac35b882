import {
  type Attribute,
  allGraphs,
  type Graph,
  isFloat,
  type Node,
  type Tensor,
  type Value,
} from '../ir/index.ts';
import { isDeterministic } from './deterministic.ts';
import type { Pass, Rewriting } from './pass.ts';
import { replaceValue } from './replace.ts';

export const commonSubexpressions: Pass = {
  name: 'common-subexpressions',
  summary: 'Compute what is computed twice once; keep equal constants once',
  run(rewriting) {
    for (const graph of [...allGraphs(rewriting.graph)]) {
      mergeConstants(graph, rewriting);
      mergeNodes(graph, rewriting);
    }
  },
};

/** Equal initializers become one. Defaults of inputs stay: a caller may override one and not the other. */
function mergeConstants(graph: Graph, rewriting: Rewriting): void {
  const fixed = new Set([...graph.inputs, ...graph.outputs]);
  const seen = new Map<string, Value[]>();
  for (const value of [...graph.initializers.values()]) {
    const { tensor } = value;
    if (!tensor || tensor.strings || tensor.foreign !== undefined || fixed.has(value)) continue;
    if (mayBeUntrained(tensor)) continue;
    const key = `${tensor.dtype}[${tensor.shape}]${Buffer.from(tensor.bytes.subarray(0, 32)).toString('hex')}`;
    const alike = seen.get(key) ?? [];
    const twin = alike.find((other) => Buffer.compare(other.tensor!.bytes, tensor.bytes) === 0);
    seen.set(key, twin ? alike : [...alike, value]);
    if (!twin || !replaceValue(graph, value, twin)) continue;
    graph.initializers.delete(value.name);
    rewriting.count('equal constant');
  }
}

/**
 * Floats that are all the same number are often parameters before they are trained, such as biases: one for several layers
 * would tie these together for good.
 */
function mayBeUntrained({ dtype, size, bytes }: Tensor): boolean {
  if (!isFloat(dtype) || size <= 1) return false;
  const width = bytes.length / size;
  return Buffer.compare(bytes.subarray(width), bytes.subarray(0, bytes.length - width)) === 0;
}

function mergeNodes(graph: Graph, rewriting: Rewriting): void {
  const ids = new Map<Value, number>();
  const id = (value: Value | undefined): number => {
    if (!value) return -1;
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value)!;
  };
  const seen = new Map<string, Node>();
  const gone: Node[] = [];
  for (const node of graph.nodes) {
    if (!isDeterministic(node) || node.subgraphs().length > 0) continue;
    const key = keyOf(node, id);
    const twin = key === undefined ? undefined : seen.get(key);
    if (key !== undefined && !twin) seen.set(key, node);
    if (twin && mergeInto(graph, node, twin)) gone.push(node);
  }
  graph.remove(...gone);
  rewriting.count('repeated computation', gone.length);
}

function mergeInto(graph: Graph, node: Node, twin: Node): boolean {
  const outputs = new Set(graph.outputs);
  // Two outputs of the model need two names, hence two values.
  if (node.outputs.some((output, i) => outputs.has(output) && outputs.has(twin.outputs[i]!))) return false;
  return node.outputs.every((output, i) => replaceValue(graph, output, twin.outputs[i]!));
}

/** Equal for nodes that compute the same; undefined if an attribute cannot be compared. */
function keyOf(node: Node, id: (value: Value | undefined) => number): string | undefined {
  const attributes = Array.from(node.attributes, ([name, attribute]) => [name, attributeKey(attribute)]);
  if (attributes.some(([, key]) => key === undefined)) return undefined;
  const used = node.outputs.map((output) => (output.name ? 1 : 0));
  return JSON.stringify([
    node.domain,
    node.opType,
    node.overload,
    node.inputs.map(id),
    used,
    attributes.toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
  ]);
}

function attributeKey(attribute: Attribute): string | undefined {
  if (attribute.foreign !== undefined) return undefined;
  switch (attribute.type) {
    case 'float':
    case 'int':
    case 'floats':
    case 'ints':
    case 'reference':
      return `${attribute.type} ${attribute.value}`;
    case 'string':
      return `string ${hex(attribute.value)}`;
    case 'strings':
      return `strings ${attribute.value.map(hex)}`;
    case 'tensor':
      return tensorKey(attribute.value);
    default:
      return undefined;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Large tensors are not worth the text; as initializers they are compared anyway. */
const tensorKey = ({ dtype, shape, bytes, strings }: Tensor): string | undefined =>
  strings || bytes.length > 4096 ? undefined : `tensor ${dtype}[${shape}] ${hex(bytes)}`;
