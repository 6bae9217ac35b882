/** `{mime: data}`: one thing in several representations, the front end picks. */
export type MimeBundle = Record<string, unknown>;

/** The symbol that a value implements to show itself in a notebook; the same as Deno's. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as never;

export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

/** Told while long work goes on. `done` and `total` count the work's own units (steps, batches, runs). */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly message?: string;
}

/** Taken by all long work. */
export interface WorkOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
