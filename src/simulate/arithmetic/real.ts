import type { Arithmetic } from '../arithmetic.ts';
import type { Quantization } from '../quantization.ts';
import { clamp, halfToEven } from '../rounding.ts';

/** What ONNX defines: real numbers (float64 here), rounded once to the nearest integer, half to even. */
export const real: Arithmetic = {
  requantizer: ({ input, weights, output, alpha = 1 }) => {
    const toInteger = rounder(output);
    const last = weights.length - 1;
    return (sum, channel) => toInteger(sum * input * weights[last === 0 ? 0 : channel]! * alpha);
  },
  adder: ({ a, b, output }) => {
    const toInteger = rounder(output);
    return (x, y) => toInteger(realOf(a, x) + realOf(b, y));
  },
  multiplier: ({ a, b, output }) => {
    const toInteger = rounder(output);
    return (x, y) => toInteger(realOf(a, x) * realOf(b, y));
  },
  averager: (input, output) => {
    const toInteger = rounder(output);
    return {
      add: (sum, q) => sum + (q - input.zeroPoint),
      finish: (sum, count) => toInteger((sum / count) * input.scale),
    };
  },
  globalAverage: (input, output, count) => {
    const toInteger = rounder(output);
    return (sum) => toInteger((sum / count - input.zeroPoint) * input.scale);
  },
  rescaler: (input, output) => {
    const toInteger = rounder(output);
    return (q) => toInteger(realOf(input, q));
  },
  quantizer: rounder,
  borrowed: ['QLinearSoftmax'],
};

const realOf = ({ scale, zeroPoint }: Quantization, q: number): number => scale * (q - zeroPoint);

function rounder({ scale, zeroPoint, min, max }: Quantization): (real: number) => number {
  return (value) => clamp(halfToEven(clamp(value / scale, -1e6, 1e6)) + zeroPoint, min, max);
}
