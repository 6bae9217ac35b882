import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** So often lines go to the disk, in ms: a card in a slot wears by writes, not by bytes. */
const flushEvery = 2000;

export interface LogOptions {
  /** Of one file. */
  readonly maxBytes?: number;
  /** The current one and so many before it, `.1` the latest. */
  readonly files?: number;
}

/** Lines of JSON in files of bounded size. What cannot be written is dropped: a full disk must not stop the service. */
export class RotatingLog {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #files: number;
  #lines: string[] = [];
  #size = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(path: string, { maxBytes = 1e6, files = 3 }: LogOptions = {}) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#files = files;
    mkdirSync(dirname(path), { recursive: true });
    this.#timer = setInterval(() => this.flush(), flushEvery);
    this.#timer.unref();
  }

  add(entry: object): void {
    const line = `${JSON.stringify(entry)}\n`;
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#size > this.#maxBytes / 4) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#size = 0;
    try {
      if (sizeOf(this.#path) + text.length > this.#maxBytes) this.#rotate();
      appendFileSync(this.#path, text);
    } catch {
      // See above.
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.flush();
  }

  #rotate(): void {
    const name = (i: number) => (i === 0 ? this.#path : `${this.#path}.${i}`);
    rmSync(name(this.#files - 1), { force: true });
    for (let i = this.#files - 2; i >= 0; i--) if (sizeOf(name(i)) > 0) renameSync(name(i), name(i + 1));
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
