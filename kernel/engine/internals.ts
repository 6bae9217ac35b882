/** The name under which rewritten cells reach the kernel; not enumerable, not writable. */
export const internalsName = '__edgebook';

/** What rewritten cells, and scripts that the kernel evaluates, may call. */
export interface Internals {
  /** `import()` as seen from the notebook's folder; throws if a name in `wanted` is not exported. */
  import(specifier: unknown, options?: ImportCallOptions, wanted?: readonly string[]): Promise<unknown>;
  /** `import.meta` of a cell. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Keeps what a top-level `using` declares until the cell ends; returns it. */
  use<T>(resource: T, kind: 'using' | 'await using'): T;
  /** Disposes of what `use` has kept, last first. */
  dispose(): Promise<void>;
  /** Receives the value behind an inspector handle. */
  take(value: unknown): void;
  /** Runs the work that `guarded` in evaluate.ts was given. */
  guarded(): void;
  /** The value of the cell's last expression. */
  last: unknown;
}
