import type { Output, StreamOutput } from './output.ts';

/** A front end gets at most one stream output per interval, in ms, or per so many characters. */
const interval = 50;
const limit = 64 * 1024;

/** Joins what is printed into few outputs; everything else passes at once, after what was printed before it. */
export class StreamBuffer {
  readonly #emit: (output: Output) => void;
  #name: StreamOutput['name'] = 'stdout';
  #texts: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(emit: (output: Output) => void) {
    this.#emit = emit;
  }

  push(output: Output): void {
    if (output.type !== 'stream') {
      this.flush();
      this.#emit(output);
      return;
    }
    if (output.name !== this.#name) this.flush();
    this.#name = output.name;
    this.#texts.push(output.text);
    this.#length += output.text.length;
    if (this.#length >= limit) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), interval);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#length === 0) return;
    const text = this.#texts.join('');
    this.#texts = [];
    this.#length = 0;
    this.#emit({ type: 'stream', name: this.#name, text });
  }
}
