import { GraphBuilder, type Node, type TensorType } from '../ir/index.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { and } from './and.ts';
import { argMax } from './arg-max.ts';
import { averagePool } from './average-pool.ts';
import { batchNormalization } from './batch-normalization.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { constant } from './constant.ts';
import { constantOfShape } from './constant-of-shape.ts';
import { conv } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { dequantizeLinear } from './dequantize-linear.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { equal } from './equal.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { flatten } from './flatten.ts';
import { gather } from './gather.ts';
import { gatherElements } from './gather-elements.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { greater } from './greater.ts';
import { greaterOrEqual } from './greater-or-equal.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardSwish } from './hard-swish.ts';
import { identity } from './identity.ts';
import { leakyRelu } from './leaky-relu.ts';
import { less } from './less.ts';
import { lessOrEqual } from './less-or-equal.ts';
import { log } from './log.ts';
import { logSoftmax } from './log-softmax.ts';
import { loop } from './loop.ts';
import { matMul } from './mat-mul.ts';
import { max } from './max.ts';
import { maxPool } from './max-pool.ts';
import { maxUnpool } from './max-unpool.ts';
import { min } from './min.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { not } from './not.ts';
import { oneHot } from './one-hot.ts';
import type { Op } from './op.ts';
import { or } from './or.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { quantizeLinear } from './quantize-linear.ts';
import { range } from './range.ts';
import { reciprocal } from './reciprocal.ts';
import { reduceMax } from './reduce-max.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceSum } from './reduce-sum.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { scatterElements } from './scatter-elements.ts';
import { shape } from './shape.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { squeeze } from './squeeze.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';
import { tanh } from './tanh.ts';
import { tile } from './tile.ts';
import { transpose } from './transpose.ts';
import { unsqueeze } from './unsqueeze.ts';
import { where } from './where.ts';

export { annotateTypes } from './annotate.ts';
export { constantOf } from './constant.ts';
export { costWarnings, type LayerCost, type ModelCost, modelCost } from './model-cost.ts';
export type { Cost, GradContext, Op, QuantizeRule, SubgraphRule } from './op.ts';

/** All operators that the library knows. */
export const ops: readonly Op[] = [
  abs,
  add,
  and,
  argMax,
  averagePool,
  batchNormalization,
  cast,
  clip,
  concat,
  constantOfShape,
  constant,
  convTranspose,
  conv,
  dequantizeLinear,
  div,
  dropout,
  equal,
  exp,
  expand,
  flatten,
  gatherElements,
  gather,
  gemm,
  globalAveragePool,
  greaterOrEqual,
  greater,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  lessOrEqual,
  less,
  logSoftmax,
  log,
  loop,
  matMul,
  maxPool,
  maxUnpool,
  max,
  min,
  mul,
  neg,
  not,
  oneHot,
  or,
  pad,
  pow,
  quantizeLinear,
  range,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scatterElements,
  shape,
  sigmoid,
  sign,
  slice,
  softmax,
  split,
  sqrt,
  squeeze,
  sub,
  sum,
  tanh,
  tile,
  transpose,
  unsqueeze,
  where,
];

const byName = new Map(ops.map((op) => [`${op.domain ?? ''}:${op.type}`, op]));

/** What the library knows of the node's operator; undefined if it does not know it. */
export const opOf = (node: Node): Op | undefined =>
  byName.get(`${node.domain === 'ai.onnx' ? '' : node.domain}:${node.opType}`);

/**
 * Types of a node's outputs from those of its inputs. Throws ModelError if the operator is unknown, the inputs
 * do not fit it, or it does not have so many outputs.
 */
export function infer(node: Node): TensorType[] {
  const op = opOf(node);
  if (!op) throw node.error('is of an operator that Edgebook does not know');
  const types = op.infer(node);
  if (types.length >= node.outputs.length) return types.slice(0, node.outputs.length);
  throw node.error(`must have at most ${types.length} outputs, has ${node.outputs.length}`);
}

/** A builder whose values have types as they are made; `prefix` must be unique for each subgraph of a model. */
export const createBuilder = (options?: ConstructorParameters<typeof GraphBuilder>[1]): GraphBuilder =>
  new GraphBuilder(infer, options);
