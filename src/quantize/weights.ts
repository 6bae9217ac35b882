import { product, Tensor } from '../ir/index.ts';
import { type IntegerRange, quantize, roundHalfEven } from './scale.ts';

/** A constant as integers with one scale, or one for each index along `axis`. Zero points are 0. */
export interface QuantizedConstant {
  readonly tensor: Tensor;
  /** float32. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Undefined: one scale for the whole tensor. */
  readonly axis: number | undefined;
}

/**
 * Where the elements of a tensor lie as [outer, channels, inner] around its quantization axis: rows of `inner` numbers,
 * of which row `r` belongs to channel `r % count`. Loops go over rows, since `from` with a function boxes every number.
 */
export interface Channels {
  readonly count: number;
  readonly inner: number;
}

export function channelsOf(shape: readonly number[], axis: number | undefined): Channels {
  if (axis === undefined) return { count: 1, inner: product(shape) };
  return { count: shape[axis]!, inner: product(shape.slice(axis + 1)) };
}

/** The symmetric integers for weights of 8 bits, or of 7 bits and a little (products of two fit 16 bits). */
export const weightRange = (reduceRange: boolean): IntegerRange =>
  reduceRange ? { min: -64, max: 64 } : { min: -127, max: 127 };

/**
 * Symmetric scales, the largest magnitude onto the largest integer. A channel of zeros takes the scale of the
 * largest channel, so that its bias keeps its resolution.
 */
export function weightScales(
  weight: Tensor,
  axis: number | undefined,
  integers: IntegerRange,
): Float32Array<ArrayBuffer> {
  const { count, inner } = channelsOf(weight.shape, axis);
  const data = weight.data as Float32Array;
  const largest = new Float64Array(count);
  for (let at = 0, row = 0; at < data.length; at += inner, row++) {
    let most = largest[row % count]!;
    for (let i = at; i < at + inner; i++) most = Math.max(most, Math.abs(data[i]!));
    largest[row % count] = most;
  }
  const fallback = largest.reduce((a, b) => Math.max(a, b), 0) || 1;
  return Float32Array.from(largest, (w) => {
    const scale = w / integers.max;
    return scale < 2 ** -126 ? fallback / integers.max : scale;
  });
}

/** int8 weights at given scales. */
export function quantizeWeight(
  weight: Tensor,
  scales: Float32Array<ArrayBuffer>,
  { axis, integers }: { axis: number | undefined; integers: IntegerRange },
): QuantizedConstant {
  const { count, inner } = channelsOf(weight.shape, axis);
  const numbers = weight.data as Float32Array;
  const data = new Int8Array(numbers.length);
  for (let at = 0, row = 0; at < data.length; at += inner, row++) {
    const affine = { scale: scales[row % count]!, zeroPoint: 0 };
    for (let i = at; i < at + inner; i++) data[i] = quantize(numbers[i]!, affine, integers);
  }
  return { tensor: Tensor.of('int8', data, weight.shape), scales, axis };
}

/** The float32 numbers that DequantizeLinear makes of a constant. */
export function dequantizeConstant({ tensor, scales, axis }: QuantizedConstant): Float32Array {
  const { count, inner } = channelsOf(tensor.shape, axis);
  const integers = tensor.data as Int8Array;
  const real = new Float32Array(integers.length);
  for (let at = 0, row = 0; at < real.length; at += inner, row++) {
    const scale = scales[row % count]!;
    for (let i = at; i < at + inner; i++) real[i] = integers[i]! * scale;
  }
  return real;
}

/** Bias integers stay below this, so that products added to them fit int32 as well. */
const largestBias = 2 ** 30;

/**
 * Weight scales raised where `bias / (inputScale * scale)` would leave int32 (onnxruntime issue 22020).
 * One bias for each scale, or many for one.
 */
export function scalesForBias(
  scales: Float32Array<ArrayBuffer>,
  bias: Float32Array,
  inputScale: number,
): Float32Array<ArrayBuffer> {
  const raised = scales.slice();
  bias.forEach((b, i) => {
    const channel = scales.length === 1 ? 0 : i;
    raised[channel] = Math.max(raised[channel]!, Math.abs(b) / (inputScale * largestBias));
  });
  return raised;
}

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** int32 bias [channels] with scales `inputScale * weightScale`, saturated (`scalesForBias` keeps it from that). */
export function quantizeBias(
  bias: Float32Array,
  weightScales: Float32Array<ArrayBuffer>,
  inputScale: number,
): QuantizedConstant {
  const scales = weightScales.map((scale) => Math.fround(scale * inputScale));
  const data = Int32Array.from(bias, (b, i) => {
    const q = roundHalfEven(b / scales[scales.length === 1 ? 0 : i]!);
    return Math.min(Math.max(q, int32.min), int32.max);
  });
  return {
    tensor: Tensor.of('int32', data, [bias.length]),
    scales,
    axis: scales.length === 1 ? undefined : 0,
  };
}
