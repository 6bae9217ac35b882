import { type Graph, type Node, product, Tensor, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isOp } from './match.ts';
import type { Rewriting } from './pass.ts';
import { replaceNode } from './replace.ts';

/** y' = factor * y + shift, for each channel of what a node gives. */
export interface Affine {
  readonly factors: Float64Array;
  /** Absent where nothing is added: then no bias is needed. */
  readonly shifts?: Float64Array;
}

/** A node with weights, and the one behind it whose work it can do as well. */
export interface Fusion {
  readonly graph: Graph;
  readonly weighted: Node;
  readonly behind: Node;
  readonly rewriting: Rewriting;
}

export const isFloatConstant = (value: Value | undefined): boolean => constantOf(value)?.dtype === 'float32';

/**
 * The convolution or matrix product that makes a value, if its float32 weights are constant and nothing else reads the
 * value.
 */
export function weightedProducer(x: Value, graph: Graph): Node | undefined {
  const node = x.producer;
  if (!isOp(node, 'Conv', 'ConvTranspose', 'Gemm', 'MatMul')) return undefined;
  if (x.uses.length > 1 || graph.outputs.includes(x) || !graph.nodes.includes(node)) return undefined;
  const bias = node.inputs[2];
  return isFloatConstant(node.inputs[1]) && (!bias || isFloatConstant(bias)) ? node : undefined;
}

/** Whether channels are where `rowsOf` looks for them, and the bias has one number per channel, or one in all. */
export function hasChannels(node: Node, channels: number): boolean {
  const { shape } = constantOf(node.input(1))!;
  const bias = constantOf(node.inputs[2]);
  const biasFits = !bias || bias.size === 1 || (bias.size === channels && bias.shape.at(-1) === channels);
  if (node.opType === 'Conv') return biasFits && shape[0] === channels;
  if (node.opType === 'ConvTranspose') return biasFits && shape[1]! * node.int('group', 1) === channels;
  // A matrix product of more than two dimensions has its channels elsewhere than BatchNormalization looks for them.
  const isMatrix = node.opType === 'Gemm' || node.input(0).shape?.length === 2;
  const columns = shape[node.int('transB', 0) ? 0 : 1];
  return biasFits && isMatrix && shape.length === 2 && columns === channels;
}

/** How weights lie one behind the other: in rows of so many, each of which leads to one channel. */
interface Rows {
  readonly length: number;
  channel(row: number): number;
}

function rowsOf(node: Node, { shape }: Tensor): Rows {
  if (node.opType === 'Conv' || (node.opType === 'Gemm' && node.int('transB', 0)))
    return { length: product(shape.slice(1)), channel: (row) => row };
  const [inputs = 1, outputs = 1, ...kernel] = shape;
  if (node.opType !== 'ConvTranspose') return { length: 1, channel: (row) => row % outputs };
  const perGroup = inputs / node.int('group', 1);
  const group = (row: number) => Math.floor(row / outputs / perGroup);
  return { length: product(kernel), channel: (row) => group(row) * outputs + (row % outputs) };
}

/** Weights times the factor of the channel that each leads to. */
function scaled(
  weight: Tensor,
  { length, channel }: Rows,
  factors: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const weights = Float32Array.from(weight.data as Float32Array);
  for (let row = 0, at = 0; at < weights.length; row++) {
    const factor = factors[channel(row)]!;
    for (const end = at + length; at < end; at++) weights[at] = weights[at]! * factor;
  }
  return weights;
}

/**
 * Writes the affine map into the weights and the bias, in float64, stored float32, and lets the node give what the one
 * behind it gave. A matrix product becomes a Gemm, for its bias. Without shifts no bias is added.
 */
export function fuseAffine(
  { graph, weighted, behind, rewriting }: Fusion,
  { factors, shifts }: Affine,
): void {
  const weight = constantOf(weighted.input(1))!;
  const bias = constantOf(weighted.inputs[2])?.data as Float32Array | undefined;
  const beta = weighted.opType === 'Gemm' ? weighted.float('beta', 1) : 1;
  const weights = scaled(weight, rowsOf(weighted, weight), factors);
  const biases = Float32Array.from(factors, (factor, i) => {
    const old = bias ? beta * bias[bias.length === 1 ? 0 : i]! : 0;
    return old * factor + (shifts?.[i] ?? 0);
  });
  const weightName = weighted.input(1).name;
  const biasName = weighted.inputs[2]?.name ?? `${weightName}_bias`;
  const needsBias = bias !== undefined || shifts !== undefined;
  const place = { graph, node: needsBias ? asGemm(graph, weighted) : weighted, rewriting };
  replaceConstant(place, 1, { name: weightName, tensor: Tensor.of('float32', weights, weight.shape) });
  if (needsBias) replaceConstant(place, 2, { name: biasName, tensor: Tensor.of('float32', biases) });
  takeOver(graph, behind, place.node);
}

/** A matrix product with a bias is a Gemm. */
function asGemm(graph: Graph, node: Node): Node {
  if (node.opType === 'Gemm') node.attributes.delete('beta');
  if (node.opType !== 'MatMul') return node;
  return replaceNode(graph, node, { opType: 'Gemm', inputs: node.inputs });
}

/** The fused node gives what the one behind it gave, under its name if that is an output. */
function takeOver(graph: Graph, behind: Node, node: Node): void {
  const { name, type } = behind.output();
  const isOutput = graph.outputs.includes(behind.output());
  graph.replaceUses(behind.output(), node.output());
  graph.remove(behind);
  if (!isOutput) return;
  node.output().name = name;
  node.output().type = type ?? node.output().type;
}

interface Place {
  readonly graph: Graph;
  readonly node: Node;
  readonly rewriting: Rewriting;
}

/** Gives a node a constant of its own; one that nobody else reads goes, and leaves its name. */
function replaceConstant(
  { graph, node, rewriting }: Place,
  index: number,
  { name, tensor }: { readonly name: string; readonly tensor: Tensor },
): void {
  const old = node.inputs[index];
  node.setInput(index, undefined);
  const free = old && dropUnused(graph, old);
  node.setInput(
    index,
    free ? graph.addInitializer(new Value(name, undefined, tensor)) : rewriting.constant(graph, name, tensor),
  );
}

function dropUnused(graph: Graph, value: Value): boolean {
  if (value.uses.length > 0 || graph.initializers.get(value.name) !== value || graph.outputs.includes(value))
    return false;
  graph.initializers.delete(value.name);
  const at = graph.inputs.indexOf(value);
  if (at >= 0) graph.inputs.splice(at, 1);
  return true;
}
