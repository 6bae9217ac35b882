import type { Ledger } from '../src/ledger/index.ts';
import type { MimeBundle, Progress } from '../src/report.ts';

/** A `%` command as a record: its name, what it takes, what it does. */
export interface Magic<Result = unknown> {
  readonly name: string;
  /** One sentence, as `%lsmagic` lists it. */
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /**
   * TypeScript type of the result, as `import("edgebook")` exports it, for editors: `Variant`, `Report`, ...
   * `void` where a magic only shows something.
   */
  readonly result: string;
  /**
   * The variable that a bare `%name ...` statement declares (`%train cnn` declares `cnn`); undefined if none.
   * `const q = %name ...` never declares another.
   */
  binds?(line: ParsedLine): string | undefined;
  run(line: ParsedLine, context: Context): Promise<Result>;
}

export interface Positional {
  readonly name: string;
  readonly summary: string;
  readonly required?: boolean;
  /** Takes all that is left. Only for the last. */
  readonly rest?: boolean;
}

export interface Flag {
  /** Without the dashes: `calib` for `--calib mnist`. */
  readonly name: string;
  readonly summary: string;
  /** `switch` takes no value. */
  readonly kind: 'switch' | 'number' | 'string' | 'choice';
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean;
  /** Least value of a number. Numbers are always finite. */
  readonly min?: number;
  /** Whole numbers only. */
  readonly integer?: boolean;
}

/** A magic's line after the parser: every flag is of its declared kind. */
export interface ParsedLine {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | number | boolean | undefined>>;
  /** The rest of the cell for `%%name`; undefined for `%name`. */
  readonly body: string | undefined;
}

/** What a magic may use of the session it runs in; the same in a notebook, a terminal and a test. */
export interface Context {
  /** The user's variables. */
  readonly variables: {
    get(name: string): unknown;
    names(): string[];
  };
  /** Folder of the notebook: relative paths start here. */
  readonly cwd: string;
  /** Variants and measurements of the notebook's folder, opened on first use. */
  ledger(): Promise<Ledger>;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Shows a value now; the handle replaces it in place. */
  display(value: unknown): DisplayHandle;
  /** A progress bar that updates in place. Call `done` at the end. */
  progress(label: string): ProgressBar;
}

export interface DisplayHandle {
  update(value: unknown): void;
}

export interface ProgressBar {
  update(progress: Progress): void;
  done(message?: string): void;
}

export type { MimeBundle };
