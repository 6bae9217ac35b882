import { UsageError } from '../../../errors.ts';
import type { WorkOptions } from '../../../report.ts';
import type { Calibration } from '../../calibrate.ts';
import { checkFormat, type IntegerFormat, type WeightBits } from '../grouped/integer-format.ts';

export interface WeightOnlyOptions extends WorkOptions {
  /** Default 4. 3 bits travel in 4, and so do 2 in the form `qdq`. */
  readonly bits?: WeightBits;
  /** Integers around 0, without zero points. Default: with 4 and 8 bits. */
  readonly symmetric?: boolean;
  /** Inputs of a matrix or table that share a scale: 16 to 256, a power of 2; or `channel`. Default 32, `channel` with 8 bits. */
  readonly group?: number | 'channel';
  /** Rounding: to nearest, or by GPTQ, which needs `calibration`. Default `rtn`. */
  readonly method?: 'rtn' | 'gptq';
  /**
   * How matrix products are written. `matmul-nbits`: onnxruntime's own operator. `qdq`: DequantizeLinear and MatMul,
   * standard operators that onnxruntime fuses to that when it loads the model, unless a Relu or Clip follows
   * (1.27). Default `matmul-nbits`.
   */
  readonly form?: 'qdq' | 'matmul-nbits';
  /** Of `matmul-nbits`: 0 onnxruntime's choice, 1 activations float32, 4 activations int8. Default 4. */
  readonly accuracyLevel?: 0 | 1 | 2 | 3 | 4;
  /**
   * Other weights: `folded` computes them by Cast and Mul, which onnxruntime does once when it loads the model;
   * `dequantize` by DequantizeLinear, which other tools recognise and onnxruntime runs each time. Default `folded`.
   */
  readonly storage?: 'folded' | 'dequantize';
  /** Of GPTQ: part of the mean energy of the inputs that is added to each. Default 0.01. */
  readonly damping?: number;
  /** Of GPTQ: inputs of the largest energy first. Default true. */
  readonly actOrder?: boolean;
  /** Inputs of the model: GPTQ's activations, and what the outputs are compared on. Gone through once. */
  readonly calibration?: Calibration;
  /** Names of nodes whose weights stay float. */
  readonly exclude?: readonly string[];
}

/** Options with their defaults. */
export interface WeightOnlyPlan {
  readonly format: IntegerFormat;
  readonly method: 'rtn' | 'gptq';
  readonly form: 'qdq' | 'matmul-nbits';
  readonly accuracyLevel: number;
  readonly storage: 'folded' | 'dequantize';
}

/** Fills in defaults. Throws UsageError for a format without kernels, and for GPTQ without data. */
export function planOf(options: WeightOnlyOptions): WeightOnlyPlan {
  const {
    bits = 4,
    symmetric = bits >= 4,
    method = 'rtn',
    form = 'matmul-nbits',
    storage = 'folded',
  } = options;
  const { accuracyLevel = 4, group = bits === 8 ? 'channel' : 32 } = options;
  const format = { bits, symmetric, group: group === 'channel' ? undefined : group };
  checkFormat(format);
  if (method === 'gptq' && !options.calibration)
    throw new UsageError(
      'GPTQ needs calibration data, to see what goes into each layer; give some, or use rtn',
    );
  return { format, method, form, accuracyLevel, storage };
}
