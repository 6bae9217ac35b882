import type { Arithmetic, Averager, Operands, ProductScales } from '../arithmetic.ts';
import type { Quantization } from '../quantization.ts';
import { clamp } from '../rounding.ts';
import {
  doublyRounded,
  type FixedMultiply,
  type FixedPoint,
  fixedPoint,
  singlyRounded,
} from './multiplier.ts';

interface Rules {
  readonly multiply: FixedMultiply;
  /** TFLite multiplies the scales of Mul, and of a matrix with one scale, in float32; its microcontroller version in float64. */
  readonly scalesInFloat32: boolean;
}

const f = Math.fround;

/**
 * 8-bit arithmetic of TFLite's reference kernels (lite/kernels/internal/reference and .../integer_ops): 32-bit integers
 * alone. The rules for Add and pooling are the same in CMSIS-NN. Int8 is what they are written for: uint8 is taken 128 lower.
 */
function arithmetic(rules: Rules): Arithmetic {
  const { multiply, scalesInFloat32 } = rules;
  return {
    requantizer: ({ input, weights, output, alpha = 1, isMatrix = false }: ProductScales) => {
      const inFloat32 = isMatrix && weights.length === 1 && scalesInFloat32;
      const channels = Array.from(weights, (weight) => {
        const product = input * alpha * weight;
        return scaled(rules, (inFloat32 ? f(product) : product) / output.scale, output);
      });
      return (sum, channel) => channels[channels.length === 1 ? 0 : channel]!(sum);
    },
    adder: (operands) => adder(operands, multiply),
    multiplier: ({ a, b, output }) => {
      const product = a.scale * b.scale;
      const real = scalesInFloat32 ? f(f(product) / output.scale) : product / output.scale;
      const toByte = scaled(rules, real, output);
      return (x, y) => toByte((x - a.zeroPoint) * (y - b.zeroPoint));
    },
    averager: (input, output) => averager(rescaler(rules, input, output), input),
    globalAverage: (input, output, count) => {
      const mean = meanFactor(fixedPoint(input.scale / output.scale), count);
      return (sum) => bounded(multiply(sum - input.zeroPoint * count, mean), output);
    },
    rescaler: (input, output) => rescaler(rules, input, output),
    quantizer: (output) => (real) => {
      const x = f(real / output.scale);
      return bounded(Math.sign(x) * Math.floor(Math.abs(x) + 0.5), output);
    },
    borrowed: ['QLinearSoftmax', 'QLinearSigmoid', 'QLinearLeakyRelu', 'DynamicQuantizeMatMul'],
  };
}

const bounded = (x: number, { zeroPoint, min, max }: Quantization): number => clamp(x + zeroPoint, min, max);

/** Multiplies by a real number, rounds, and adds the zero point. */
function scaled({ multiply }: Rules, real: number, output: Quantization): (x: number) => number {
  const factor = fixedPoint(real);
  return (x) => bounded(multiply(x, factor), output);
}

function rescaler(rules: Rules, input: Quantization, output: Quantization): (q: number) => number {
  if (input.scale === output.scale && input.zeroPoint === output.zeroPoint) return (q) => q;
  const change = scaled(rules, input.scale / output.scale, output);
  return (q) => change(q - input.zeroPoint);
}

/** The mean of raw integers at the input's scale; TFLite rescales it by an operator of its own where that is another. */
function averager(rescale: (q: number) => number, { min }: Quantization): Averager {
  const middle = min + 128;
  return {
    add: (sum, q) => sum + (q - middle),
    finish: (sum, count) => rescale(roundedMean(sum, count) + middle),
  };
}

/** Both inputs shifted left by 20 bits and brought to twice the larger of their scales. */
function adder({ a, b, output }: Operands, multiply: FixedMultiply): (a: number, b: number) => number {
  const twice = 2 * Math.max(a.scale, b.scale);
  const [byA, byB] = [fixedPoint(a.scale / twice), fixedPoint(b.scale / twice)];
  const back = fixedPoint(twice / (2 ** 20 * output.scale));
  return (x, y) => {
    const sum = multiply((x - a.zeroPoint) << 20, byA) + multiply((y - b.zeroPoint) << 20, byB);
    return clamp(multiply(sum | 0, back) + output.zeroPoint, output.min, output.max);
  };
}

/** Half away from zero. */
const roundedMean = (sum: number, count: number): number =>
  Math.trunc((sum + (sum > 0 ? 1 : -1) * Math.floor(count / 2)) / count);

/** A factor divided by a count, which keeps as many bits as fit. */
function meanFactor({ mantissa, shift }: FixedPoint, count: number): FixedPoint {
  const bits = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  return { mantissa: Math.floor((mantissa * 2 ** bits) / count), shift: shift - bits };
}

/** TFLite as it is built by default. */
export const tflite = arithmetic({ multiply: doublyRounded, scalesInFloat32: true });

/** TFLite built with TFLITE_SINGLE_ROUNDING. */
export const tfliteSingleRounding = arithmetic({ multiply: singlyRounded, scalesInFloat32: true });

/** TFLite for microcontrollers with CMSIS-NN's kernels, as built by default. */
export const cmsisNn = arithmetic({ multiply: doublyRounded, scalesInFloat32: false });
