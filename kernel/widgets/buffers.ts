import { bytesOf } from '../engine/comms.ts';

/** Where in a state a buffer belongs. */
export type BufferPath = readonly (string | number)[];

export interface SplitState {
  /** The state as JSON can hold it: buffers are missing in objects, null in arrays. */
  readonly state: unknown;
  readonly buffer_paths: readonly BufferPath[];
  readonly buffers: readonly Uint8Array[];
}

/** Takes the buffers and typed arrays out of a state, as version 2 of the widget protocol sends it. */
export function removeBuffers(value: unknown): SplitState {
  const paths: BufferPath[] = [];
  const buffers: Uint8Array[] = [];
  const strip = (item: unknown, path: BufferPath): unknown => {
    if (isBuffer(item)) {
      paths.push(path);
      buffers.push(bytesOf(item));
      return undefined;
    }
    if (Array.isArray(item)) return item.map((entry, i) => strip(entry, [...path, i]) ?? null);
    if (!isPlain(item)) return item;
    return Object.fromEntries(
      Object.entries(item)
        .map(([key, entry]) => [key, strip(entry, [...path, key])] as const)
        .filter(([, entry]) => entry !== undefined),
    );
  };
  return { state: strip(value, []), buffer_paths: paths, buffers };
}

/** Puts buffers, as bytes, where they belong; changes `state`. A path that leads nowhere is left out. */
export function putBuffers(
  state: Record<string, unknown>,
  paths: readonly BufferPath[],
  buffers: readonly Uint8Array[],
): void {
  for (const [index, path] of paths.entries()) {
    const last = path.at(-1);
    const owner = path.slice(0, -1).reduce<unknown>((item, key) => own(item, key), state);
    if (last === undefined || typeof owner !== 'object' || owner === null) continue;
    Object.defineProperty(owner, last, {
      value: buffers[index],
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}

const own = (item: unknown, key: string | number): unknown =>
  typeof item === 'object' && item !== null && Object.hasOwn(item, key)
    ? (item as Record<string | number, unknown>)[key]
    : undefined;

const isBuffer = (value: unknown): value is ArrayBuffer | ArrayBufferView =>
  value instanceof ArrayBuffer || ArrayBuffer.isView(value);

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !('toJSON' in value);
