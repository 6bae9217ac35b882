import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { ModelError } from '../errors.ts';
import { byteLength, dtypeOfCode } from '../ir/index.ts';
import { mapTensors } from './map-tensors.ts';
import { readRange } from './read-range.ts';
import type { ModelProto, TensorProto } from './schema.ts';
import { external } from './tensor.ts';

/** Brings data that is kept in files beside `path` into the model. Throws ModelError if it is not all there. */
export async function resolveExternalData(model: ModelProto, path: string): Promise<ModelProto> {
  const tensors = externalTensors(model);
  if (!tensors.length) return model;
  const data = await readAll(tensors, path);
  return mapTensors(model, (tensor) => {
    const raw_data = data.get(tensor);
    const { data_location, external_data, ...rest } = tensor;
    return raw_data ? { ...rest, raw_data } : tensor;
  });
}

/** Paths of the files beside `path` that hold the model's data, each once. Throws ModelError if one is not there. */
export async function externalFiles(model: ModelProto, path: string): Promise<string[]> {
  const byLocation = new Map(externalTensors(model).map((tensor) => [placeOf(tensor).location, tensor]));
  const files = new Set<string>();
  for (const [location, tensor] of byLocation) files.add(await locate(location, path, tensor));
  return [...files];
}

function externalTensors(model: ModelProto): TensorProto[] {
  const tensors: TensorProto[] = [];
  mapTensors(model, (tensor) => {
    if (tensor.data_location === external) tensors.push(tensor);
    return tensor;
  });
  return tensors;
}

async function readAll(tensors: readonly TensorProto[], path: string): Promise<Map<TensorProto, Uint8Array>> {
  const data = new Map<TensorProto, Uint8Array>();
  const handles = new Map<string, FileHandle>();
  try {
    for (const tensor of tensors) {
      const place = placeOf(tensor);
      const file = await locate(place.location, path, tensor);
      const handle = handles.get(file) ?? (await open(file));
      handles.set(file, handle);
      data.set(tensor, await readPlace(handle, place, tensor));
    }
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
  return data;
}

interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Without a length, the data is as long as type and dimensions say. */
function placeOf(tensor: TensorProto): Place {
  const entries = new Map(tensor.external_data?.map(({ key, value }) => [key, value ?? '']));
  const count = (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1);
  const dtype = dtypeOfCode(tensor.data_type ?? 0);
  const natural = dtype ? byteLength(dtype, count) : 0;
  return {
    location: entries.get('location') ?? '',
    offset: toInteger(tensor, 'offset', entries.get('offset') ?? '0'),
    length: toInteger(tensor, 'length', entries.get('length') ?? `${natural}`),
  };
}

function toInteger(tensor: TensorProto, key: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw problem(tensor, `the ${key} of its external data must be an integer from 0 to 2^53, is '${text}'`);
}

/**
 * The real path of an external data file. It must be in the model's folder, or in that of the real model file
 * if the path is a link, as in caches that link both into one store.
 */
async function locate(location: string, path: string, tensor: TensorProto): Promise<string> {
  const folder = dirname(resolve(path));
  if (!isInside(folder, location)) throw problem(tensor, escapeText(location));
  const file = await realpath(resolve(folder, location)).catch((cause) => {
    throw problem(tensor, `its data must be in '${location}' beside the model, which cannot be read`, cause);
  });
  // Opening a pipe would wait for ever.
  if (!(await stat(file)).isFile())
    throw problem(tensor, `its data must be in a file, '${location}' is none`);
  const homes = [await realpath(folder), dirname(await realpath(path))];
  if (homes.some((home) => isInside(home, relative(home, file)))) return file;
  throw problem(tensor, escapeText(location));
}

/** True if `location` names something below `folder`. */
export function isInside(folder: string, location: string): boolean {
  const path = relative(folder, resolve(folder, location));
  return !isAbsolute(location) && path !== '' && path !== '..' && !path.startsWith(`..${sep}`);
}

const escapeText = (location: string): string =>
  `its data must be in a file in the model's folder, is in '${location}'; move the file there`;

async function readPlace(handle: FileHandle, place: Place, tensor: TensorProto): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const { location, offset, length } = place;
  if (offset + length <= size) return readRange(handle, offset, length);
  throw problem(
    tensor,
    `its data must be ${length} bytes at ${offset} in '${location}', which has ${size} bytes`,
  );
}

const problem = (tensor: TensorProto, what: string, cause?: unknown): ModelError =>
  new ModelError(`Tensor '${tensor.name ?? ''}': ${what}`, { value: tensor.name, cause });
