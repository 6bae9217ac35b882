import { UsageError } from '../errors.ts';
import type { DType } from '../ir/index.ts';
import { thisCpuLacksVnni } from '../quantize/cpu.ts';
import { cmsisNn, tflite, tfliteSingleRounding } from './arithmetic/fixed-point.ts';
import { onnxruntime } from './arithmetic/onnxruntime.ts';
import { real } from './arithmetic/real.ts';
import type { Arithmetic } from './arithmetic.ts';
import { type Multiply, multiplyExact, multiplySaturating } from './multiply.ts';

/** A processor and the runtime on it: how it sums products, and how it computes with the sums. */
export interface Cpu {
  readonly name: string;
  readonly summary: string;
  /** How far onnxruntime rewrites the graph first: `all` is what its sessions run, `extended` keeps the model's layout. */
  readonly optimization: 'extended' | 'all';
  readonly arithmetic: Arithmetic;
  /** The sums of products of elements of these types. */
  multiply(types: { readonly a: DType; readonly b: DType }): Multiply;
}

const exact = (): Multiply => multiplyExact;

/** Every processor that the simulator knows. */
export const cpus = {
  exact: {
    name: 'exact',
    summary: 'the operators as ONNX defines them: exact sums, real numbers rounded once, half to even',
    optimization: 'extended',
    arithmetic: real,
    multiply: exact,
  },
  vnni: {
    name: 'vnni',
    summary: 'onnxruntime on x86 with VNNI (since Ice Lake and Zen 4): exact sums, requantized in float32',
    optimization: 'all',
    arithmetic: onnxruntime,
    multiply: exact,
  },
  avx2: {
    name: 'avx2',
    summary: 'onnxruntime on x86 with AVX2 alone: pairs of uint8 x int8 products saturate at 16 bits',
    optimization: 'all',
    arithmetic: onnxruntime,
    multiply: ({ a, b }) => (a === 'uint8' && b === 'int8' ? multiplySaturating : multiplyExact),
  },
  tflite: {
    name: 'tflite',
    summary: "TFLite's reference kernels: 31-bit multipliers, rounded twice",
    optimization: 'extended',
    arithmetic: tflite,
    multiply: exact,
  },
  'tflite-single-rounding': {
    name: 'tflite-single-rounding',
    summary: 'TFLite built with TFLITE_SINGLE_ROUNDING',
    optimization: 'extended',
    arithmetic: tfliteSingleRounding,
    multiply: exact,
  },
  'cmsis-nn': {
    name: 'cmsis-nn',
    summary: 'TFLite for microcontrollers with CMSIS-NN on Cortex-M: as tflite, but all scales in float64',
    optimization: 'extended',
    arithmetic: cmsisNn,
    multiply: exact,
  },
} as const satisfies Record<string, Cpu>;

export type CpuName = keyof typeof cpus;

/** The processor called `name`. Throws UsageError if there is none. */
export function cpuOf(name: string): Cpu {
  if (Object.hasOwn(cpus, name)) return cpus[name as CpuName];
  throw UsageError.unknown('processor', name, Object.keys(cpus));
}

/** The entry for the processor that this runs on; undefined where it is none of them or cannot be told. */
export function thisCpu(): Cpu | undefined {
  const lacks = thisCpuLacksVnni();
  return lacks === undefined ? undefined : lacks ? cpus.avx2 : cpus.vnni;
}
