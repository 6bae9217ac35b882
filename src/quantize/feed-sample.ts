import type { Feeds } from '../runtime/index.ts';

const maxBytes = 16 * 2 ** 20;

/** Keeps the first batches that pass, up to 16 MiB, and at least one. */
export class FeedSample {
  readonly feeds: Feeds[] = [];
  #bytes = 0;

  add(feeds: Feeds): void {
    const bytes = Object.values(feeds).reduce((sum, tensor) => sum + tensor.bytes.length, 0);
    if (this.feeds.length > 0 && this.#bytes + bytes > maxBytes) return;
    this.feeds.push(feeds);
    this.#bytes += bytes;
  }
}
