import type { Arithmetic, Averager, Operands, ProductScales, Requantize } from '../arithmetic.ts';
import type { Quantization } from '../quantization.ts';
import { clamp, fusedMultiplyAdd, halfToEven } from '../rounding.ts';

const f = Math.fround;

/**
 * onnxruntime's kernels on x86, in float32 and in their order: mlas quantize.cpp (requantization), qladd_avx2.cpp,
 * qlmul.cpp, qlgavgpool.cpp and contrib_ops qlinear_pool.cc. Where these leave an order to the compiler, the one found
 * by comparing with onnxruntime 1.27 on scales that make ties.
 */
export const onnxruntime: Arithmetic = {
  requantizer,
  adder,
  multiplier,
  averager,
  globalAverage,
  rescaler,
  quantizer,
  borrowed: [],
};

function requantizer({ input, weights, output, alpha = 1 }: ProductScales): Requantize {
  const scales = weights.map((weight) => f(f(f(f(alpha) * input) * weight) / output.scale));
  const { zeroPoint, low, high } = bounds(output);
  const last = scales.length - 1;
  return (sum, channel) => {
    const real = f(f(sum) * scales[last === 0 ? 0 : channel]!);
    return halfToEven(clamp(real, low, high)) + zeroPoint;
  };
}

const bounds = ({ zeroPoint, min, max }: Quantization) => ({
  zeroPoint,
  low: min - zeroPoint,
  high: max - zeroPoint,
});

function adder({ a, b, output, still }: Operands): (a: number, b: number) => number {
  if (still === 'a') {
    const swapped = adder({ a: b, b: a, output, still: 'b' });
    return (x, y) => swapped(y, x);
  }
  const [byA, byB] = [f(a.scale / output.scale), f(b.scale / output.scale)];
  const zeros = fusedMultiplyAdd(byA, a.zeroPoint, f(byB * b.zeroPoint));
  const fixed = f(output.zeroPoint - zeros);
  const { min, max } = output;
  return (x, y) => clamp(halfToEven(fusedMultiplyAdd(x, byA, fusedMultiplyAdd(y, byB, fixed))), min, max);
}

function multiplier({ a, b, output }: Operands): (a: number, b: number) => number {
  const scale = f(f(a.scale * b.scale) / output.scale);
  const { zeroPoint, min, max } = output;
  return (x, y) => {
    const product = (x - a.zeroPoint) * (y - b.zeroPoint);
    return clamp(halfToEven(f(f(product * scale) + zeroPoint)), min, max);
  };
}

function averager(input: Quantization, output: Quantization): Averager {
  const { scale, zeroPoint, min, max } = output;
  return {
    add: (sum, q) => f(sum + f(input.scale * (q - input.zeroPoint))),
    finish: (sum, count) => clamp(halfToEven(f(f(f(sum / count) / scale) + zeroPoint)), min, max),
  };
}

function globalAverage(input: Quantization, output: Quantization, count: number): (sum: number) => number {
  const scale = f(input.scale / f(output.scale * count));
  const { zeroPoint, low, high } = bounds(output);
  return (sum) => halfToEven(clamp(f(f(sum - input.zeroPoint * count) * scale), low, high)) + zeroPoint;
}

function rescaler(input: Quantization, output: Quantization): (q: number) => number {
  const toByte = quantizer(output);
  const same = input.scale === output.scale && input.zeroPoint === output.zeroPoint;
  return (q) => (same ? q : toByte(f(input.scale * (q - input.zeroPoint))));
}

function quantizer(output: Quantization): (real: number) => number {
  const { zeroPoint, low, high } = bounds(output);
  return (real) => {
    const scaled = f(real / output.scale);
    // NaN becomes the lowest integer, as the minimum and maximum instructions of x86 have it.
    return (scaled >= low ? halfToEven(clamp(scaled, low, high)) : low) + zeroPoint;
  };
}
