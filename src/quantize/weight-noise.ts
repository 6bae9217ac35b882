import { decibels } from './sqnr.ts';
import { channelsOf, type QuantizedConstant } from './weights.ts';

/** SQNR in dB of a weight in integers. */
export function weightNoise(exact: Float32Array, { tensor, scales, axis }: QuantizedConstant): number {
  const { count, inner } = channelsOf(tensor.shape, axis);
  const integers = tensor.data as Int8Array;
  let signal = 0;
  let noise = 0;
  for (let at = 0, row = 0; at < exact.length; at += inner, row++) {
    const scale = scales[row % count]!;
    for (let i = at; i < at + inner; i++) {
      const x = exact[i]!;
      const error = x - Math.fround(integers[i]! * scale);
      signal += x * x;
      noise += error * error;
    }
  }
  return decibels(signal, noise);
}
