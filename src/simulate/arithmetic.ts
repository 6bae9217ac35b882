import type { Quantization } from './quantization.ts';

/** Turns a 32-bit sum of one output channel into an 8-bit integer. */
export type Requantize = (sum: number, channel: number) => number;

/** Scales of a sum of products, and what it becomes. */
export interface ProductScales {
  readonly input: number;
  /** One, or one a channel. */
  readonly weights: Float32Array;
  readonly output: Quantization;
  /** Factor of the product, as Gemm has it. Default 1. */
  readonly alpha?: number;
  /** A product of matrices rather than a convolution. */
  readonly isMatrix?: boolean;
}

/** The two inputs of an elementwise operator and its output. */
export interface Operands {
  readonly a: Quantization;
  readonly b: Quantization;
  readonly output: Quantization;
  /** Which input holds still along the innermost axis: a kernel may round it apart. */
  readonly still?: 'a' | 'b' | undefined;
}

/** The mean of a window, element by element. */
export interface Averager {
  /** The sum with one more element. */
  add(sum: number, q: number): number;
  /** The mean of `count` elements, as 8 bits. */
  finish(sum: number, count: number): number;
}

/** How a runtime computes with quantized numbers, apart from its sums of products. */
export interface Arithmetic {
  requantizer(scales: ProductScales): Requantize;
  adder(operands: Operands): (a: number, b: number) => number;
  multiplier(operands: Operands): (a: number, b: number) => number;
  averager(input: Quantization, output: Quantization): Averager;
  /** The mean of `count` elements from their integer sum. */
  globalAverage(input: Quantization, output: Quantization, count: number): (sum: number) => number;
  /** An integer of one quantization as one of another. */
  rescaler(input: Quantization, output: Quantization): (q: number) => number;
  /** A float32 number as 8 bits. */
  quantizer(output: Quantization): (real: number) => number;
  /** Operators that it has no rule of its own for; they are computed as onnxruntime does. */
  readonly borrowed: readonly string[];
}
