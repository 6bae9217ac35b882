import type { Scalars } from './schema.ts';

const encoder = new TextEncoder();
const blockLength = 1 << 16;
/** From this length on, bytes are passed on as they are instead of copied. */
const ownPiece = 4096;

/** Writes protobuf's scalars backward: what is written last comes first in the result. */
export class ByteWriter {
  /** Bytes written so far. */
  written = 0;
  readonly #pieces: Uint8Array[] = [];
  #block = new Uint8Array(blockLength);
  #view = new DataView(this.#block.buffer);
  /** The block is in use from `#at` to `#end`. */
  #at = blockLength;
  #end = blockLength;

  /** An unsigned integer, or a negative one in ten bytes. */
  varint(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) this.#varint(value);
    else this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
  }

  bytes(value: Uint8Array): void {
    if (value.length < ownPiece) {
      const at = this.#reserve(value.length);
      this.#block.set(value, at);
      return;
    }
    this.#flush();
    this.#pieces.push(value);
    this.written += value.length;
  }

  scalar(type: keyof Scalars, value: unknown): void {
    if (type === 'string') this.#string(value as string);
    else if (type === 'bytes') this.bytes(value as Uint8Array);
    else if (type === 'float') this.#float(value as number);
    else if (type === 'double') this.#double(value as number);
    else this.varint(value as number | bigint);
  }

  /** All pieces in order. */
  finish(): Uint8Array[] {
    this.#flush();
    return this.#pieces.reverse();
  }

  #string(text: string): void {
    const length = text.length;
    if (length > 100 || !isAscii(text)) {
      this.bytes(encoder.encode(text));
      return;
    }
    const at = this.#reserve(length);
    for (let i = 0; i < length; i++) this.#block[at + i] = text.charCodeAt(i);
  }

  #float(value: number): void {
    const at = this.#reserve(4);
    this.#view.setFloat32(at, value, true);
  }

  #double(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  #varint(value: number): void {
    let at = this.#reserve(varintLength(value));
    let rest = value;
    while (rest >= 128) {
      this.#block[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#block[at] = rest;
  }

  #bigVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    const at = this.#reserve(bytes.length + 1);
    this.#block.set([...bytes, Number(rest)], at);
  }

  /** Room for `count` bytes, less than a block, before all others. Returns where it starts. */
  #reserve(count: number): number {
    if (count > this.#at) {
      this.#flush();
      this.#block = new Uint8Array(blockLength);
      this.#view = new DataView(this.#block.buffer);
      this.#at = this.#end = blockLength;
    }
    this.#at -= count;
    this.written += count;
    return this.#at;
  }

  #flush(): void {
    if (this.#at < this.#end) this.#pieces.push(this.#block.subarray(this.#at, this.#end));
    this.#end = this.#at;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
