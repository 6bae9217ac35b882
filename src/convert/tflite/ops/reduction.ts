import { Tensor } from '../../../ir/index.ts';
import {
  argExtreme,
  binary,
  cast,
  constantOf,
  madeConstant,
  matMul,
  reduce,
  softmax,
} from '../../channels-last/index.ts';
import type { Mapping, OpTable } from '../call.ts';
import { dtypeOf } from '../tensor-types.ts';
import { one } from './shape.ts';

const reduceAs =
  (opType: string): Mapping =>
  (call) => {
    const axes = constantOf(call.input(1), 'The axes').toNumbers();
    return reduce(call.w, opType, { x: call.input(0), axes, keep: call.bool('keepDims') });
  };

const argAs =
  (opType: 'ArgMax' | 'ArgMin'): Mapping =>
  (call) => {
    const index = argExtreme(call.w, opType, { x: call.input(0), axis: one(call.input(1), 'The axis') });
    return cast(call.w, index, dtypeOf(call.output().type, call.output().name));
  };

/** Reductions, softmax, matrix products. */
export const reductionOps: OpTable = {
  MEAN: reduceAs('ReduceMean'),
  SUM: reduceAs('ReduceSum'),
  REDUCE_MAX: reduceAs('ReduceMax'),
  REDUCE_MIN: reduceAs('ReduceMin'),
  REDUCE_PROD: reduceAs('ReduceProd'),
  ARG_MAX: argAs('ArgMax'),
  ARG_MIN: argAs('ArgMin'),
  SOFTMAX: (call) => {
    const beta = call.int('beta');
    const x = call.input(0);
    if (beta === 1) return softmax(call.w, 'Softmax', { x });
    const factor = madeConstant(call.w, Tensor.scalar('float32', beta));
    return softmax(call.w, 'Softmax', { x: binary(call.w, 'Mul', [x, factor]) });
  },
  LOG_SOFTMAX: (call) => softmax(call.w, 'LogSoftmax', { x: call.input(0) }),
  BATCH_MATMUL: (call) => matMul(call.w, call.pair(), { adjoint: [call.bool('adjX'), call.bool('adjY')] }),
};
