import { ModelError } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import type { Field } from './protobuf-table.ts';
import type { Packed } from './schema.ts';

/** The typed array of a packed field whose encoded elements are in `parts`, after those that came `before`. */
export function unpack(field: Field, parts: readonly Uint8Array[], before: unknown): Packed[keyof Packed] {
  const bytes = parts.length === 1 ? parts[0]! : concat(parts);
  const array = toArray(field, bytes);
  return before === undefined ? array : append(before as Packed[keyof Packed], array);
}

/** One array of the bytes of many. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function toArray(field: Field, bytes: Uint8Array): Packed[keyof Packed] {
  if (field.packed === 'float') return new Float32Array(whole(field, bytes, 4));
  if (field.packed === 'double') return new Float64Array(whole(field, bytes, 8));
  const reader = new ByteReader(bytes, field.name);
  const count = countVarints(bytes);
  if (field.packed === 'int32') return fill(new Int32Array(count), () => reader.int32());
  const Type = field.packed === 'int64' ? BigInt64Array : BigUint64Array;
  return fill(new Type(count), () => BigInt(reader.varint()));
}

/** A copy, since a view of the file need not be aligned. */
function whole(field: Field, bytes: Uint8Array, size: number): ArrayBuffer {
  if (bytes.length % size === 0) return new Uint8Array(bytes).buffer;
  throw new ModelError(
    `Not an ONNX model, or a damaged one: ${field.name} must have a multiple of ${size} bytes, has ${bytes.length}`,
  );
}

function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte < 128) count++;
  return count;
}

function fill<T, A extends { [index: number]: T; readonly length: number }>(array: A, next: () => T): A {
  const target: { [index: number]: T } = array;
  for (let i = 0; i < array.length; i++) target[i] = next();
  return array;
}

function append(a: Packed[keyof Packed], b: Packed[keyof Packed]): Packed[keyof Packed] {
  const Type = a.constructor as new (length: number) => Packed[keyof Packed];
  const both = new Type(a.length + b.length);
  (both as Float32Array).set(a as Float32Array);
  (both as Float32Array).set(b as Float32Array, a.length);
  return both;
}
