import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { appendDurable } from './durable.ts';
import { type Entry, parseEntry } from './record.ts';

const newline = 0x0a;

/**
 * An append-only file of JSON lines that several processes may write. Remembers how far it has read; begins anew if the
 * file was cut or removed.
 */
export class Journal {
  readonly file: string;
  /** Lines that could not be read, by number; they were skipped. */
  readonly skipped: number[] = [];
  /** How often the file was found cut or gone: what was read before is void then. */
  restarts = 0;
  #offset = 0;
  #line = 0;
  /** True if the file ends in the middle of a line: a crash, or another process' write going on. */
  #torn = false;

  constructor(file: string) {
    this.file = file;
  }

  /** The entries that came since the last call. A last line without its end is left for later. */
  read(): Entry[] {
    if (sizeOf(this.file) < this.#offset) this.#restart();
    const fresh = readFrom(this.file, this.#offset);
    const end = fresh.lastIndexOf(newline) + 1;
    this.#torn = end < fresh.byteLength;
    this.#offset += end;
    const lines = fresh.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    return lines.flatMap((line) => {
      this.#line += 1;
      if (line.trim() === '') return [];
      const entry = parseEntry(line);
      if (!entry) this.skipped.push(this.#line);
      return entry ? [entry] : [];
    });
  }

  #restart(): void {
    this.restarts += 1;
    this.skipped.length = 0;
    this.#offset = 0;
    this.#line = 0;
  }

  /** Adds an entry and waits until it is on disk. Call `read` before: a torn last line must be known, to be closed. */
  async append(entry: Entry): Promise<void> {
    const line = `${this.#torn ? '\n' : ''}${JSON.stringify(entry)}\n`;
    await mkdir(path.dirname(this.file), { recursive: true });
    await appendDurable(this.file, Buffer.from(line));
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function readFrom(file: string, offset: number): Buffer {
  if (!existsSync(file)) return Buffer.alloc(0);
  const descriptor = openSync(file, 'r');
  try {
    const fresh = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset));
    const count = readSync(descriptor, fresh, 0, fresh.byteLength, offset);
    return fresh.subarray(0, count);
  } finally {
    closeSync(descriptor);
  }
}
