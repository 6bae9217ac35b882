import type { Graph, Node, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/** How a value is rounded, for values that are: `int8, scale 0.0123, zero 122`. */
export type Roundings = ReadonlyMap<Value, string>;

/**
 * Makes a quantized graph read as the network that it was: what a pair of QuantizeLinear and DequantizeLinear rounds is a
 * property of the value, and weights are the integers that the file holds. Pairs at an output stay. Changes the graph.
 */
export function mergePairs(graph: Graph): Roundings {
  const roundings = new Map<Value, string>();
  const outputs = new Set(graph.outputs);
  const merged: Node[] = [];
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    const read = node.inputs[0];
    if (node.opType !== 'DequantizeLinear' || !read || !output || outputs.has(output)) continue;
    const float = constantOf(read) ? read : roundedBy(read);
    if (!float) continue;
    if (float !== read) roundings.set(float, roundingText(read, node));
    graph.replaceUses(output, float);
    merged.push(node);
  }
  graph.remove(...merged);
  graph.remove(...graph.nodes.filter((node) => isUnread(node, outputs)));
  return roundings;
}

/** The value before the QuantizeLinear that makes this one. */
const roundedBy = ({ producer }: Value): Value | undefined =>
  producer?.opType === 'QuantizeLinear' ? producer.inputs[0] : undefined;

const isUnread = ({ opType, outputs }: Node, given: ReadonlySet<Value>): boolean =>
  opType === 'QuantizeLinear' && outputs.every((output) => output.uses.length === 0 && !given.has(output));

function roundingText(quantized: Value, { inputs }: Node): string {
  const scale = constantOf(inputs[1]);
  const zero = constantOf(inputs[2]);
  const dtype = quantized.dtype ?? 'integers';
  if (scale?.size !== 1) return dtype;
  const parts = [dtype, `scale ${Number(scale.toNumbers()[0]!.toPrecision(4))}`];
  if (zero) parts.push(`zero ${zero.toNumbers()[0]}`);
  return parts.join(', ');
}
