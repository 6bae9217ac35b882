import { type DType, type Node, Tensor, type Value } from '../ir/index.ts';

/** How the integers of an 8-bit tensor stand for real numbers: `scale * (q - zeroPoint)`, q from `min` to `max`. */
export interface Quantization {
  /** A float32. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly min: number;
  readonly max: number;
}

/** Elements of an 8-bit tensor. */
export type Bytes = Uint8Array | Int8Array;

const ranges: Partial<Record<DType, readonly [min: number, max: number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
};

/** The quantization that inputs `scale` and `zeroPoint` of a node hold. Throws ModelError unless they are single constants of 8 bits. */
export function quantizationOf(node: Node, scale: number, zeroPoint: number): Quantization {
  const { dtype } = constantInput(node, zeroPoint);
  const range = ranges[dtype];
  if (!range) throw node.error(`input ${zeroPoint} must be uint8 or int8, is ${dtype}`);
  return {
    scale: singleConstant(node, scale),
    zeroPoint: singleConstant(node, zeroPoint),
    min: range[0],
    max: range[1],
  };
}

/** The number that a constant input of one element holds. */
export function singleConstant(node: Node, index: number): number {
  const tensor = constantInput(node, index);
  if (tensor.size !== 1) throw node.error(`input ${index} must have one element, has ${tensor.size}`);
  return Number(tensor.data[0]);
}

/** A constant input of a node. Throws ModelError if it is computed. */
export function constantInput(node: Node, index: number): Tensor {
  const { name, tensor } = node.input(index);
  if (tensor) return tensor;
  throw node.error(`input ${index} ('${name}') must be a constant, is computed`);
}

/** Whether a value is left out or constant: then a kernel may prepare it once. */
export const isFixed = (value: Value | undefined): boolean => !value || value.tensor !== undefined;

export const bytesOf = (tensor: Tensor): Bytes => tensor.data as Bytes;

/** An 8-bit tensor of zeros for a quantization, and its elements. */
export function emptyLike(
  { min }: Pick<Quantization, 'min'>,
  shape: readonly number[],
): { tensor: Tensor; data: Bytes } {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = min === 0 ? new Uint8Array(size) : new Int8Array(size);
  return { tensor: Tensor.of(min === 0 ? 'uint8' : 'int8', data, shape), data };
}
