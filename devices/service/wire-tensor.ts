import { type DType, Tensor } from '../../src/ir/index.ts';

/** A tensor as it goes between processes: V8 serializes it as it is. */
export interface WireTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Little-endian. */
  readonly bytes: Uint8Array;
}

export type WireTensors = Readonly<Record<string, WireTensor>>;

/** Tensors by name, as they go on their way. */
export const toWire = (tensors: Readonly<Record<string, Tensor>>): WireTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => [name, { dtype, shape, bytes }]),
  );

/** And back. Throws ModelError where bytes and shape do not agree. */
export const fromWire = (tensors: WireTensors): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => [name, new Tensor(dtype, shape, bytes)]),
  );
