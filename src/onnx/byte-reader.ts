import { ModelError } from '../errors.ts';
import type { Scalars } from './schema.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads protobuf's scalars from bytes, never past `end`, and knows where it is when it fails. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** The message's name, and field names from there down to what is read now. */
  readonly path: string[];
  at = 0;
  /** Where the message or list that is read now ends. */
  end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, ...path: string[]) {
    this.bytes = bytes;
    this.path = path;
    this.end = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A varint as an unsigned 64-bit integer; a bigint from 2^49 on. */
  varint(): number | bigint {
    let low = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.#byte();
      low += (byte & 127) * scale;
      if (byte < 128) return low;
    }
    let high = 0n;
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      high |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, high | BigInt(low));
    }
    throw this.error('a varint must have 10 bytes at most, has more');
  }

  int32(): number {
    const value = this.varint();
    return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value));
  }

  int64(): number | bigint {
    const value = this.varint();
    return typeof value === 'number' ? value : toNumberIfSafe(BigInt.asIntN(64, value));
  }

  /** The length of what follows; it fits into what is left. */
  length(): number {
    const length = this.varint();
    if (typeof length === 'number' && length <= this.end - this.at) return length;
    throw this.error(`a length must be at most the ${this.end - this.at} bytes that are left, is ${length}`);
  }

  /** The next `count` bytes, as a view. */
  take(count: number): Uint8Array {
    this.advance(count);
    return this.bytes.subarray(this.at - count, this.at);
  }

  advance(count: number): void {
    if (count > this.end - this.at)
      throw this.error(`${count} more bytes are needed, ${this.end - this.at} are left`);
    this.at += count;
  }

  string(): string {
    const bytes = this.take(this.length());
    const text = bytes.length < 40 ? ascii(bytes) : undefined;
    if (text !== undefined) return text;
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw this.error('a string must be UTF-8, is not', cause);
    }
  }

  scalar(type: keyof Scalars): Scalars[keyof Scalars] {
    if (type === 'string') return this.string();
    if (type === 'bytes') return this.take(this.length());
    if (type === 'int64') return this.int64();
    if (type === 'int32') return this.int32();
    if (type === 'uint64') return this.#uint64();
    this.advance(type === 'float' ? 4 : 8);
    return type === 'float'
      ? this.#view.getFloat32(this.at - 4, true)
      : this.#view.getFloat64(this.at - 8, true);
  }

  error(what: string, cause?: unknown): ModelError {
    const place = this.path.join('.');
    return new ModelError(`Not an ONNX model, or a damaged one: at byte ${this.at} in ${place}, ${what}`, {
      cause,
    });
  }

  #uint64(): number | bigint {
    const value = this.varint();
    return typeof value === 'number' ? value : toNumberIfSafe(value);
  }

  #byte(): number {
    if (this.at >= this.end) throw this.error('the data must go on, but ends');
    return this.bytes[this.at++]!;
  }
}

const toNumberIfSafe = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

/** Short names are quicker read here than by a TextDecoder; undefined if the bytes are not ASCII. */
function ascii(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const byte of bytes) {
    if (byte > 127) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}
