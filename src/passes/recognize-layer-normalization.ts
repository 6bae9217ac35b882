import { allGraphs, float, type Model, type Node, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { operand } from '../ops/operand.ts';
import { isOp, scalarOf, withScalar } from './match.ts';
import { type Pass, Rewriting } from './pass.ts';
import { removeUnusedPass } from './remove-unused.ts';
import { replaceNode } from './replace.ts';

/** The operator set that brings LayerNormalization. */
const since = 17;

export const recognizeLayerNormalization: Pass = {
  name: 'recognize-layer-normalization',
  summary:
    'Write LayerNormalization as one operator where it is spelled out with means, a root and a division',
  run(rewriting) {
    if (rewriting.model.opset < since) return;
    rewriting.annotate();
    for (const graph of [...allGraphs(rewriting.graph)])
      for (const add of [...graph.nodes]) {
        const found = match(add);
        if (!found) continue;
        const { x, scale, bias, axis, epsilon } = found;
        const attributes = { axis, epsilon: float(epsilon) };
        replaceNode(graph, add, { opType: 'LayerNormalization', inputs: [x, scale, bias], attributes });
        rewriting.count('LayerNormalization');
      }
  },
};

/** A copy of the model with each spelled-out layer normalization as one operator, which float kernels compute at once. */
export function fuseLayerNormalization(model: Model): Model {
  const rewriting = new Rewriting(model);
  recognizeLayerNormalization.run(rewriting);
  removeUnusedPass.run(rewriting);
  return rewriting.finish();
}

interface Match {
  readonly x: Value;
  readonly scale: Value;
  readonly bias: Value;
  /** The first axis that is normalized, counted from the end. */
  readonly axis: number;
  readonly epsilon: number;
}

/** `(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * scale + bias` (Ba et al. 2016, arXiv 1607.06450). */
function match(add: Node): Match | undefined {
  const sum = isOp(add, 'Add') ? withParameter(add) : undefined;
  const mul = sum?.other.producer;
  const product = isOp(mul, 'Mul') ? withParameter(mul) : undefined;
  const div = product?.other.producer;
  if (!sum || !product || !isOp(div, 'Div')) return undefined;
  const deviation = deviationOf(div.input(0));
  const variance = rootArgument(div.input(1));
  if (!deviation || !variance || !isMeanSquare(variance.value, div.input(0), deviation.axes))
    return undefined;
  const axis = -deviation.axes.length;
  const fits = [sum.parameter, product.parameter].every((one) => isOverAxes(one, deviation));
  const { x } = deviation;
  return fits
    ? { x, scale: product.parameter, bias: sum.parameter, axis, epsilon: variance.epsilon }
    : undefined;
}

/** The constant input and the other one. */
function withParameter(node: Node): { parameter: Value; other: Value } | undefined {
  const [a, b] = node.inputs;
  if (!a || !b) return undefined;
  if (constantOf(b)) return { parameter: b, other: a };
  return constantOf(a) ? { parameter: a, other: b } : undefined;
}

interface Deviation {
  readonly x: Value;
  /** All trailing axes from some one on, from 0. */
  readonly axes: readonly number[];
}

/** `x` and the axes where a value is `x - mean(x)` over trailing axes. */
function deviationOf(value: Value): Deviation | undefined {
  const sub = value.producer;
  const x = isOp(sub, 'Sub') ? sub.input(0) : undefined;
  const mean = x && sub!.input(1).producer;
  if (!x || !isOp(mean, 'ReduceMean') || mean.input(0) !== x) return undefined;
  const axes = meanAxes(mean);
  const rank = x.shape?.length ?? 0;
  const trailing = axes?.length && axes.every((axis, i) => axis === rank - axes.length + i);
  return trailing ? { x, axes } : undefined;
}

/** The axes of a mean that keeps its dimensions, sorted, from 0. */
function meanAxes(mean: Node): number[] | undefined {
  const axes = operand(mean, 'axes', 1);
  const rank = mean.input(0).shape?.length;
  if (!axes || axes === 'dynamic' || rank === undefined || mean.int('keepdims', 1) !== 1) return undefined;
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b);
}

/** What stands under a root with a small number added. */
function rootArgument(value: Value): { value: Value; epsilon: number } | undefined {
  const root = value.producer;
  if (!root) return undefined;
  const isRoot = isOp(root, 'Sqrt') || (isOp(root, 'Pow') && scalarOf(root.inputs[1]) === 0.5);
  const sum = isRoot ? root.input(0).producer : undefined;
  const { scalar, other } = (isOp(sum, 'Add') && withScalar(sum)) || {};
  return scalar !== undefined && other ? { value: other, epsilon: scalar } : undefined;
}

/** `mean(deviation^2)` over the same axes. The deviation may be computed a second time. */
function isMeanSquare(value: Value, deviation: Value, axes: readonly number[]): boolean {
  const mean = value.producer;
  if (!isOp(mean, 'ReduceMean') || meanAxes(mean)?.join() !== axes.join()) return false;
  const square = mean.input(0).producer;
  if (!square) return false;
  const isPower = isOp(square, 'Pow') && scalarOf(square.inputs[1]) === 2;
  const isProduct = isOp(square, 'Mul') && square.inputs[0] === square.inputs[1];
  if (!isPower && !isProduct) return false;
  const base = square.input(0);
  return base === deviation || deviationOf(base)?.x === deviationOf(deviation)?.x;
}

/** Whether a constant has exactly the shape of the normalized axes. */
function isOverAxes(value: Value, { x, axes }: Deviation): boolean {
  const { shape, dtype } = constantOf(value)!;
  return dtype === x.dtype && shape.length === axes.length && shape.every((d, i) => d === x.shape![axes[i]!]);
}
