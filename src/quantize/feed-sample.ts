import type { Feeds } from '../runtime/index.ts';

/** Keeps the first batches that pass, up to so many bytes (default 16 MiB), and at least one. */
export class FeedSample {
  readonly feeds: Feeds[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = 16 * 2 ** 20) {
    this.#maxBytes = maxBytes;
  }

  add(feeds: Feeds): void {
    const bytes = Object.values(feeds).reduce((sum, tensor) => sum + tensor.bytes.length, 0);
    if (this.feeds.length > 0 && this.#bytes + bytes > this.#maxBytes) return;
    this.feeds.push(feeds);
    this.#bytes += bytes;
  }
}
