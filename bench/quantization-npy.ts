/** NumPy files that are larger than one wants in memory: written in parts, read sample by sample. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { product, Tensor } from '../src/ir/index.ts';

type Numbers = Float32Array | Int32Array;

/** Writes numbers, or parts of them, as an array of a shape. Source: NumPy Enhancement Proposal 1, version 1.0. */
export function writeNpy(
  path: string,
  numbers: Numbers | readonly Numbers[],
  shape: readonly number[],
): void {
  const parts = Array.isArray(numbers) ? (numbers as readonly Numbers[]) : [numbers as Numbers];
  const type = parts[0] instanceof Int32Array ? '<i4' : '<f4';
  const dims = shape.map((dim) => `${dim},`).join('');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dims}), }`;
  const padded = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`;
  const header = Buffer.alloc(10 + padded.length);
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(padded.length, 8);
  header.write(padded, 10, 'latin1');
  const file = openSync(path, 'w');
  for (const part of [header, ...parts])
    writeAll(file, Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  closeSync(file);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** An array in a file of `writeNpy`, of which a part at a time is read. */
export class NpyFile {
  /** [samples, ...]. */
  readonly shape: readonly number[];
  readonly #file: number;
  readonly #start: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    const head = Buffer.alloc(10);
    readSync(this.#file, head, 0, 10, 0);
    const text = Buffer.alloc(head.readUInt16LE(8));
    readSync(this.#file, text, 0, text.length, 10);
    const dims = /'shape': \(([\d, ]*)\)/.exec(text.toString('latin1'))?.[1] ?? '';
    this.shape = dims
      .split(',')
      .filter((dim) => dim.trim())
      .map(Number);
    this.#start = 10 + text.length;
  }

  get size(): number {
    return this.shape[0]!;
  }

  /** Samples `from` up to `to`, float32 [to - from, ...]. */
  read(from: number, to: number): Tensor<'float32'> {
    const shape = [to - from, ...this.shape.slice(1)];
    const data = new Float32Array(product(shape));
    const bytes = new Uint8Array(data.buffer);
    const start = this.#start + from * 4 * product(this.shape.slice(1));
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(this.#file, bytes, done, bytes.length - done, start + done);
      if (count === 0) throw new Error('The file of samples is cut off');
      done += count;
    }
    return Tensor.of('float32', data, shape);
  }

  close(): void {
    closeSync(this.#file);
  }
}
