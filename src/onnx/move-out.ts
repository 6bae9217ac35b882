import { mapTensors } from './map-tensors.ts';
import type { ModelProto, TensorProto } from './schema.ts';
import { external } from './tensor.ts';

export interface ExternalDataOptions {
  /** The data file's path, relative to the model's folder. */
  readonly location: string;
  /** Tensors of at least so many bytes go there. Default: 1024. */
  readonly threshold?: number;
}

/** Data starts at multiples of this, so that runtimes can map it into memory. */
const alignment = 4096;

/** A copy of the model whose large tensors point into a data file, and that file's bytes in pieces. */
export function moveOut(
  model: ModelProto,
  { location, threshold = 1024 }: ExternalDataOptions,
): { message: ModelProto; pieces: Uint8Array[] } {
  const pieces: Uint8Array[] = [];
  let at = 0;
  const message = mapTensors(model, (tensor) => {
    const { raw_data, ...rest } = tensor;
    if (!raw_data || raw_data.length < threshold) return tensor;
    const padding = (alignment - (at % alignment)) % alignment;
    pieces.push(new Uint8Array(padding), raw_data);
    const offset = at + padding;
    at = offset + raw_data.length;
    return pointTo(rest, { location, offset, length: raw_data.length });
  });
  return { message, pieces };
}

function pointTo(
  tensor: TensorProto,
  place: { location: string; offset: number; length: number },
): TensorProto {
  const external_data = Object.entries(place).map(([key, value]) => ({ key, value: `${value}` }));
  return { ...tensor, external_data, data_location: external };
}
