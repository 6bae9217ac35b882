import { type DType, product, type Tensor, type Value } from '../../ir/index.ts';
import { dequantize } from '../scale.ts';
import { unpackIntegers } from '../schemes/grouped/pack.ts';

/** Integers of a model with the real numbers that it computes with. */
export interface StoredWeight {
  readonly name: string;
  /** What a number is kept in. */
  readonly dtype: DType;
  readonly values: Float32Array;
  /** Constants that are no weights themselves but say what the integers mean. */
  readonly parameters: readonly Value[];
}

/** Which scale belongs to which element. */
export type ScaleIndex = (element: number) => number;

export interface Parameters {
  readonly scale: Value;
  readonly zeroPoint?: Value | undefined;
}

/** The weight of an integer constant with constant parameters; one scale stands for all where there is one alone. */
export function storedWeight(
  { name, tensor }: Value,
  { scale, zeroPoint }: Parameters,
  indexOf: ScaleIndex,
): StoredWeight {
  const scales = scale.tensor!.data as Float32Array;
  const zeros = zeroPoint?.tensor && integersOf(zeroPoint.tensor);
  const values = Float32Array.from(integersOf(tensor!), (q, i) => {
    const at = scales.length === 1 ? 0 : indexOf(i);
    const zero = zeros?.[zeros.length === 1 ? 0 : at] ?? 0;
    return dequantize(q, { scale: scales[at]!, zeroPoint: zero });
  });
  return { name, dtype: tensor!.dtype, values, parameters: zeroPoint ? [scale, zeroPoint] : [scale] };
}

const integersOf = (tensor: Tensor): ArrayLike<number> & Iterable<number> =>
  tensor.dtype === 'int4' || tensor.dtype === 'uint4' ? unpackIntegers(tensor) : (tensor.data as Int8Array);

const types: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'int4', 'uint4'];

/** True for a constant that integers of weights can be. */
export const hasIntegers = (value: Value | undefined): value is Value =>
  value?.tensor !== undefined && types.includes(value.tensor.dtype);

/** One scale for each index along an axis. */
export function alongAxis(shape: readonly number[], axis: number): ScaleIndex {
  const inner = product(shape.slice(axis + 1));
  return (i) => Math.floor(i / inner) % shape[axis]!;
}

/** One scale for each block of an axis, and each index of the other axes. */
export function inBlocks(shape: readonly number[], axis: number, block: number): ScaleIndex {
  const inner = product(shape.slice(axis + 1));
  const dim = shape[axis]!;
  const blocks = Math.ceil(dim / block);
  return (i) => {
    const along = Math.floor(i / inner) % dim;
    const outer = Math.floor(i / (inner * dim));
    return (outer * blocks + Math.floor(along / block)) * inner + (i % inner);
  };
}

/** Scales whose shape is spread over that of the weight, the last axes beside one another. */
export function broadcast(shape: readonly number[], scales: readonly number[]): ScaleIndex {
  const padded = [...shape.map(() => 1), ...scales].slice(-shape.length);
  return (i) => {
    let [rest, at, step] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (padded[axis] !== 1) at += (rest % shape[axis]!) * step;
      rest = Math.floor(rest / shape[axis]!);
      step *= padded[axis]!;
    }
    return at;
  };
}
