import type { History } from '../history.ts';

/** So many cells of the past can be walked through. */
const most = 1000;

/** Text that SQLite's GLOB takes literally. */
const literal = (text: string): string => text.replace(/[*?[]/g, '[$&]');

/** Cells of the past that begin as what has been typed, from the newest to the oldest and back. */
export class HistoryWalk {
  readonly #typed: string;
  readonly #entries: readonly string[];
  #at = -1;

  /** `begins`: the text before the cursor, which entries must begin with. */
  constructor(history: History | undefined, typed: string, begins: string) {
    this.#typed = typed;
    const found = history?.search({ pattern: `${literal(begins)}*`, n: most, unique: true }) ?? [];
    this.#entries = found
      .map(({ source }) => source)
      .reverse()
      .filter((source) => source !== typed);
  }

  /** The next older one; undefined if there is none. */
  older(): string | undefined {
    if (this.#at + 1 >= this.#entries.length) return undefined;
    this.#at++;
    return this.#entries[this.#at];
  }

  /** The next newer one, at last what was typed; undefined beyond that. */
  newer(): string | undefined {
    if (this.#at < 0) return undefined;
    this.#at--;
    return this.#at < 0 ? this.#typed : this.#entries[this.#at];
  }
}

/** The newest cell that holds `query`, after `skip` newer ones. */
export function findInHistory(history: History | undefined, query: string, skip = 0): string | undefined {
  if (query === '') return undefined;
  return history?.search({ pattern: `*${literal(query)}*`, n: skip + 1, unique: true }).at(-(skip + 1))
    ?.source;
}
