import { allGraphs, type Graph, type Model, type Node, product, Tensor, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isOp } from './match.ts';
import { type Pass, Rewriting } from './pass.ts';
import { removeUnusedPass } from './remove-unused.ts';
import { replaceNode } from './replace.ts';

export const fuseBatchNormalizationPass: Pass = {
  name: 'fuse-batch-normalization',
  summary: 'Let Conv, ConvTranspose, Gemm and MatMul do the work of the BatchNormalization behind them',
  run: fuseAll,
};

/**
 * A copy of the model in which convolutions and matrix products with constant weights do the work of the
 * BatchNormalization that follows them alone: W' = W * s and b' = (b - mean) * s + shift with
 * s = scale / sqrt(variance + epsilon), in float64, stored float32. Training mode, computed parameters and shared
 * outputs stay as they are. What reaches no output goes.
 */
export function fuseBatchNormalization(model: Model): Model {
  const rewriting = new Rewriting(model);
  fuseAll(rewriting);
  removeUnusedPass.run(rewriting);
  return rewriting.model;
}

function fuseAll(rewriting: Rewriting): void {
  for (const graph of [...allGraphs(rewriting.graph)])
    for (const norm of [...graph.nodes]) {
      if (!isOp(norm, 'BatchNormalization') || !normalizesByConstants(norm, rewriting.model.opset)) continue;
      const weighted = weightedBefore(norm, graph);
      if (!weighted) continue;
      fuse({ graph, norm, weighted, rewriting });
      rewriting.count(`BatchNormalization into ${weighted.opType}`);
    }
}

interface Fusion {
  readonly graph: Graph;
  readonly norm: Node;
  readonly weighted: Node;
  readonly rewriting: Rewriting;
}

/** Whether it is in inference mode, per channel, with float32 constants. */
function normalizesByConstants(norm: Node, opset: number): boolean {
  const training = opset < 7 ? norm.int('is_test', 0) !== 1 : norm.int('training_mode', 0) === 1;
  if (training || norm.outputs.length > 1 || norm.int('spatial', 1) !== 1) return false;
  return norm.inputs.length >= 5 && norm.inputs.slice(1, 5).every(isFloatConstant);
}

const isFloatConstant = (value: Value | undefined): boolean => constantOf(value)?.dtype === 'float32';

/** The node before a BatchNormalization if both can become one. */
function weightedBefore(norm: Node, graph: Graph): Node | undefined {
  const x = norm.input(0);
  const node = x.producer;
  if (!isOp(node, 'Conv', 'ConvTranspose', 'Gemm', 'MatMul')) return undefined;
  if (x.uses.length > 1 || graph.outputs.includes(x) || !graph.nodes.includes(node)) return undefined;
  const bias = node.inputs[2];
  if (!isFloatConstant(node.inputs[1]) || (bias && !isFloatConstant(bias))) return undefined;
  return fits(node, constantOf(norm.input(1))!.size) ? node : undefined;
}

/** Whether channels are where `channelOf` looks for them, and the bias has one number per channel, or one in all. */
function fits(node: Node, channels: number): boolean {
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

/** The channel that the weight at flat index `i` leads to. */
function channelOf(node: Node, { shape }: Tensor): (i: number) => number {
  const inner = product(shape.slice(1));
  if (node.opType === 'Conv' || (node.opType === 'Gemm' && node.int('transB', 0)))
    return (i) => Math.floor(i / inner);
  if (node.opType !== 'ConvTranspose') return (i) => i % shape[1]!;
  const [inputs = 1, outputs = 1] = shape;
  const perGroup = inputs / node.int('group', 1);
  const kernel = product(shape.slice(2));
  return (i) => Math.floor(Math.floor(i / inner) / perGroup) * outputs + (Math.floor(i / kernel) % outputs);
}

const floats = (value: Value): Float32Array => constantOf(value)!.data as Float32Array;

function fuse({ graph, norm, weighted, rewriting }: Fusion): void {
  const [scale, shift, mean, variance] = norm.inputs.slice(1, 5).map((value) => floats(value!));
  const epsilon = norm.float('epsilon', 1e-5);
  const factors = Float64Array.from(scale!, (s, i) => s / Math.sqrt(variance![i]! + epsilon));
  const weight = constantOf(weighted.input(1))!;
  const channel = channelOf(weighted, weight);
  const bias = weighted.inputs[2] && floats(weighted.inputs[2]);
  const beta = weighted.opType === 'Gemm' ? weighted.float('beta', 1) : 1;
  const weights = Float32Array.from(weight.data as Float32Array, (w, i) => w * factors[channel(i)]!);
  const biases = Float32Array.from(shift!, (b, i) => {
    const old = bias ? beta * bias[bias.length === 1 ? 0 : i]! : 0;
    return (old - mean![i]!) * factors[i]! + b;
  });
  const weightName = weighted.input(1).name;
  const biasName = weighted.inputs[2]?.name ?? `${weightName}_bias`;
  const place = { graph, node: asGemm(graph, weighted), rewriting };
  replaceConstant(place, 1, { name: weightName, tensor: Tensor.of('float32', weights, weight.shape) });
  replaceConstant(place, 2, { name: biasName, tensor: Tensor.of('float32', biases) });
  takeOver(graph, norm, place.node);
}

/** A matrix product with a bias is a Gemm. */
function asGemm(graph: Graph, node: Node): Node {
  if (node.opType === 'Gemm') node.attributes.delete('beta');
  if (node.opType !== 'MatMul') return node;
  return replaceNode(graph, node, { opType: 'Gemm', inputs: node.inputs });
}

/** The fused node gives what the BatchNormalization gave, under its name if that is an output. */
function takeOver(graph: Graph, norm: Node, node: Node): void {
  const { name, type } = norm.output();
  const isOutput = graph.outputs.includes(norm.output());
  graph.replaceUses(norm.output(), node.output());
  graph.remove(norm);
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
