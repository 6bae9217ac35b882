import { argExtreme, constantOf, pooling, reduce, softmax } from '../../channels-last/index.ts';
import type { Call, Mapping, OpTable } from '../graph-node.ts';
import { paddingOf, requireChannelsLast, spatial } from './convolution.ts';
import { one } from './shape.ts';

const reduceAs =
  (opType: string): Mapping =>
  (call) => {
    const axes = constantOf(call.input(1), 'The axes').toNumbers();
    return reduce(call.w, opType, { x: call.input(0), axes, keep: call.attributes.bool('keep_dims') });
  };

const argAs =
  (opType: 'ArgMax' | 'ArgMin'): Mapping =>
  (call) =>
    argExtreme(call.w, opType, {
      x: call.input(0),
      axis: call.inputs[1] ? one(call.input(1), 'The axis') : 0,
    });

const poolAs =
  (opType: 'MaxPool' | 'AveragePool'): Mapping =>
  (call) =>
    pooling(call.w, call.input(0), { opType, window: windowOf(call) });

function windowOf({ attributes }: Call) {
  requireChannelsLast(attributes.text('data_format', 'NHWC'));
  return {
    kernel: spatial(attributes.ints('ksize'), 'kernel sizes'),
    strides: spatial(attributes.ints('strides'), 'strides'),
    padding: paddingOf(attributes.text('padding', 'VALID'), attributes.ints('explicit_paddings')),
  };
}

/** Pooling, reductions, softmax. */
export const reductionOps: OpTable = {
  MaxPool: poolAs('MaxPool'),
  AvgPool: poolAs('AveragePool'),
  Mean: reduceAs('ReduceMean'),
  Sum: reduceAs('ReduceSum'),
  Max: reduceAs('ReduceMax'),
  Min: reduceAs('ReduceMin'),
  Prod: reduceAs('ReduceProd'),
  ArgMax: argAs('ArgMax'),
  ArgMin: argAs('ArgMin'),
  Softmax: (call) => softmax(call.w, 'Softmax', { x: call.input(0) }),
  LogSoftmax: (call) => softmax(call.w, 'LogSoftmax', { x: call.input(0) }),
};
