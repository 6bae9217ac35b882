import { ModelError } from '../../../errors.ts';
import {
  convolution,
  gemm,
  lastValue,
  type Operand,
  pooling,
  rankOf,
  reshape,
  result,
  throughIntegers,
  transposedConvolution,
} from '../../channels-last/index.ts';
import { type Call, fused, type Mapping, type OpTable } from '../call.ts';

/** Weights are [outputs, height, width, inputs]; depthwise ones [1, height, width, inputs * multiplier]. */
const outputsFirst = [0, 3, 1, 2];
const outputsLast = [3, 0, 1, 2];

const convolutionAs =
  (order: readonly number[]): Mapping =>
  (call) => {
    const filter = { weight: call.input(1), order, bias: call.inputs[2] };
    return fused(call, convolution(call.w, call.input(0), { filter, window: windowOf(call) }));
  };

const poolAs =
  (opType: 'MaxPool' | 'AveragePool'): Mapping =>
  (call) => {
    const kernel = [call.positive('filterH'), call.positive('filterW')];
    const { strides, padding } = windowOf(call);
    return fused(call, pooling(call.w, call.input(0), { opType, window: { kernel, strides, padding } }));
  };

/** Operators with learned weights, and pooling. */
export const convolutionOps: OpTable = {
  CONV_2D: convolutionAs(outputsFirst),
  DEPTHWISE_CONV_2D: convolutionAs(outputsLast),
  TRANSPOSE_CONV: (call) => {
    const filter = { weight: call.input(1), order: outputsLast, bias: call.inputs[3] };
    const options = { filter, window: windowOf(call), output: call.output().shape.slice(1, 3) };
    return fused(call, transposedConvolution(call.w, call.input(2), options));
  },
  FULLY_CONNECTED: (call) => fused(call, fullyConnected(call)),
  AVERAGE_POOL_2D: poolAs('AveragePool'),
  MAX_POOL_2D: poolAs('MaxPool'),
};

function windowOf(call: Call) {
  const padding = (['SAME', 'VALID'] as const)[call.int('padding')];
  if (!padding) throw new ModelError(`must have padding 0 (SAME) or 1 (VALID), has ${call.int('padding')}`);
  const dilated = 'dilationH' in call.record.options;
  return {
    strides: [call.positive('strideH'), call.positive('strideW')],
    dilations: dilated ? [call.positive('dilationH'), call.positive('dilationW')] : [1, 1],
    padding,
  };
}

/** x as [-1, inputs], times the transpose of [outputs, inputs]. */
function fullyConnected(call: Call): Operand {
  if (call.int('weightsFormat') !== 0)
    throw new ModelError('must have weights in the default format, has shuffled ones');
  const { w } = call;
  const b = call.input(1);
  const inputs = b.shape?.[1];
  if (rankOf(b) !== 2 || typeof inputs !== 'number') throw new ModelError('must have weights of rank 2');
  const x = call.input(0);
  const flat = rankOf(x) === 2 && x.shape?.[1] === inputs ? x : flattened(call, x, inputs);
  const product = gemm(w, flat, { b, bias: call.inputs[2], transB: true });
  const { shape } = call.output();
  return shape.length === 2 ? product : reshape(w, product, shape);
}

function flattened({ w }: Call, x: Operand, inputs: number): Operand {
  const flat = reshape(w, x, [-1, inputs]);
  return x.quantization ? result('last', throughIntegers(w, lastValue(w, flat), x.quantization)) : flat;
}
