import { ModelError } from '../errors.ts';
import type { OperatorSetIdProto, StringStringEntryProto } from './schema.ts';

/** Rest fields of a message if there are any: what a `foreign` slot keeps. */
export const keep = <T extends object>(rest: T): T | undefined =>
  Object.values(rest).some((value) => value !== undefined) ? rest : undefined;

/** Fills a metadata map. Returns the entries that have more to them than key and value. */
export function readMetadata(
  list: readonly StringStringEntryProto[] | undefined,
  to: Map<string, string>,
): readonly StringStringEntryProto[] | undefined {
  for (const { key = '', value = '' } of list ?? []) to.set(key, value);
  return nonEmpty(list?.filter((entry) => entry.unknown));
}

export function writeMetadata(
  metadata: ReadonlyMap<string, string>,
  foreign: readonly StringStringEntryProto[] = [],
): readonly StringStringEntryProto[] | undefined {
  const more = new Map(foreign.map((entry) => [entry.key ?? '', entry]));
  return nonEmpty(
    Array.from(metadata, ([key, value]) => {
      const entry = more.get(key);
      return entry && (entry.value ?? '') === value ? entry : { key, value };
    }),
  );
}

/** Fills a map of operator set versions. Returns the entries that have more to them than domain and version. */
export function readOpsets(
  list: readonly OperatorSetIdProto[] | undefined,
  to: Map<string, number>,
): readonly OperatorSetIdProto[] | undefined {
  for (const { domain = '', version = 0 } of list ?? [])
    to.set(domain, safe(version, `opset of '${domain}'`));
  return nonEmpty(list?.filter((entry) => entry.unknown));
}

export function writeOpsets(
  opsets: ReadonlyMap<string, number>,
  foreign: readonly OperatorSetIdProto[] = [],
): readonly OperatorSetIdProto[] | undefined {
  const more = new Map(foreign.map((entry) => [entry.domain ?? '', entry]));
  return nonEmpty(
    Array.from(opsets, ([domain, version]) => {
      const entry = more.get(domain);
      return entry?.version === version ? entry : { domain, version };
    }),
  );
}

/** A 64-bit integer as a number. Throws ModelError beyond 2^53. */
export function safe(value: number | bigint, what: string): number {
  if (typeof value === 'number') return value;
  throw new ModelError(`The ${what} must be below 2^53, is ${value}`);
}

/** undefined for '', which protobuf need not write. */
export const nonBlank = (text: string): string | undefined => text || undefined;

export const nonEmpty = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list?.length ? list : undefined;
