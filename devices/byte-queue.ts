/** Bytes that one side adds and the other reads, once, as they come. */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  #parts: Uint8Array[] = [];
  #ended = false;
  #error: unknown;
  #wake = () => {};

  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#parts.push(bytes);
    this.#wake();
  }

  end(error?: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const parts = this.#parts;
      this.#parts = [];
      yield* parts;
      if (this.#parts.length > 0) continue;
      if (this.#ended && this.#error !== undefined) throw this.#error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
