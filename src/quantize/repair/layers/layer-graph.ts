import { copiedAttributes, oldestOpset } from '../../../autodiff/index.ts';
import { type Graph, type GraphBuilder, Model, product, Tensor, type Value } from '../../../ir/index.ts';
import { constantOf } from '../../../ops/index.ts';
import { reshape } from '../../../ops/sum-to.ts';
import type { WeightedLayer } from './weighted-layer.ts';

/** Integers as real numbers, their scales and the bias of a layer, as constants [groups, 1, channels]. */
export interface LayerConstants {
  readonly scale: Value;
  readonly bias: Value | undefined;
}

/**
 * Writes what a layer gives for rows `x` [groups, B, columns] and integers `w` [groups, columns, channels]:
 * activation(scale (x w) + bias), [groups, B, channels]. Scales belong to outputs, so that they join after the sum.
 */
export function writeLayer(
  g: GraphBuilder,
  layer: WeightedLayer,
  { x, w, constants: { scale, bias } }: { x: Value; w: Value; constants: LayerConstants },
): Value {
  const scaled = g.op('Mul', [writeProduct(g, layer, x, w), scale]);
  const sum = bias ? g.op('Add', [scaled, bias]) : scaled;
  const { activation } = layer;
  if (!activation) return sum;
  const others = activation.inputs.slice(1).map((value) => {
    const tensor = constantOf(value);
    return tensor && g.constant(tensor.dtype, tensor.data as Float32Array, tensor.shape);
  });
  const attributes = copiedAttributes(activation, { g, inputs: [], standsFor: (value) => value });
  return g.op(activation.opType, [sum, ...others], attributes);
}

/** One group goes through Gemm, whose gradient needs no transposed copies. */
function writeProduct(g: GraphBuilder, { groups, columns, channels }: WeightedLayer, x: Value, w: Value) {
  if (groups > 1) return g.op('MatMul', [x, w]);
  const rows = product(x.shape as readonly number[]) / columns;
  const flat = g.op('Gemm', [reshape(g, x, [rows, columns]), reshape(g, w, [columns, channels])]);
  return reshape(g, flat, [1, rows, channels]);
}

/** The constants of a layer. `scales` and `bias` are [groups, 1, channels] as flat numbers. */
export function layerConstants(
  g: GraphBuilder,
  { groups, channels }: WeightedLayer,
  { scales, bias }: { scales: Float32Array; bias: Float32Array | undefined },
): LayerConstants {
  const constant = (name: string, data: Float32Array): Value =>
    g.initializer(name, Tensor.of('float32', data, [groups, 1, channels]));
  return { scale: constant('scale', scales), bias: bias && constant('bias', bias) };
}

/** A graph about a layer of a model, in the operator set of that model or what gradients need. */
export const layerModel = (graph: Graph, { opset }: { opset: number }): Model =>
  new Model(graph, Math.max(opset, oldestOpset));
