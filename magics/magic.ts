import type { Ledger, ParetoPlot } from '../src/ledger/index.ts';
import type { MimeBundle, Progress } from '../src/report.ts';

/** A `%` command as a record: its name, what it takes, what it does. */
export interface Magic<Result = unknown> {
  readonly name: string;
  /** One sentence, as `%lsmagic` lists it. */
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** `line`: written `%name ...`, the default. `cell`: `%%name ...`, with the rest of the cell as its body. */
  readonly form?: 'line' | 'cell' | 'both';
  /**
   * For editors, of a magic that takes code: `here` runs it as if it stood in the magic's place, and gives its value;
   * `apart` in a function of its own, before which it runs the line's code if it also has a body.
   */
  readonly runs?: 'here' | 'apart';
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

/** What an argument names, for editors to complete. `file` is a path from the notebook's folder. */
export type Completes =
  | 'model'
  | 'dataset'
  | 'variable'
  | 'device'
  | 'file'
  | 'folder'
  | 'magic'
  | 'environment'
  | 'package';

export interface Positional {
  readonly name: string;
  readonly summary: string;
  readonly completes?: Completes;
  /** Words it may be, for editors; others may be right too. */
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** Takes all that is left. Only for the last. */
  readonly rest?: boolean;
  /** Takes the rest of the line as it is, quotes included: TypeScript. Flags come before it. Only for the last. */
  readonly code?: boolean;
}

export interface Flag {
  /** Without the dashes: `calib` for `--calib mnist`. */
  readonly name: string;
  /** A letter that may stand for it: `n` for `-n 10`. */
  readonly short?: string;
  readonly summary: string;
  /** `switch` takes no value. */
  readonly kind: 'switch' | 'number' | 'string' | 'choice';
  readonly choices?: readonly string[];
  /** What is meant where no choice, or of a string no word, follows: `--reduce-range` alone. */
  readonly bare?: string;
  readonly completes?: Completes;
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

/** How cells are checked: not at all; with a note under the cell; before they run; before they run by tslab's converter. */
export type TypesMode = 'off' | 'warn' | 'strict' | 'tslab';

/** What a magic may use of the session it runs in; the same in a notebook, a terminal and a test. */
export interface Context {
  /** The user's variables. */
  readonly variables: {
    get(name: string): unknown;
    names(): string[];
    /** From now on the name means what it meant before any cell declared it. */
    forget(name: string): void;
  };
  /** Relative paths start here: the folder of the notebook, until `%cd`. */
  readonly cwd: string;
  /** Folder of the notebook, where its packages are. */
  readonly folder: string;
  /** The cells that have run, oldest first. */
  inputs(): readonly Input[];
  /**
   * Runs TypeScript in the session and resolves to the value of its last expression. What it declares at its top
   * level stays. Throws what it throws.
   */
  evaluate(code: string, options?: EvaluateOptions): Promise<unknown>;
  /** Calls a function of the user in a new turn of the event loop, where an interrupt can stop it. */
  call<T>(work: () => T | Promise<T>): Promise<T>;
  /** Variants and measurements of the notebook's folder, opened on first use. */
  ledger(): Promise<Ledger>;
  /** How the session checks cells; a change holds from the next cell on. */
  readonly types: { readonly mode: TypesMode; set(mode: TypesMode): void };
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Shows a value now; the handle replaces it in place. */
  display(value: unknown): DisplayHandle;
  /** Prints text as it is, without a line break of its own. */
  print(text: string, stream?: 'stdout' | 'stderr'): void;
  /** Asks the user a question of yes or no, and waits; throws UsageError where nobody can be asked. */
  confirm?(question: string): boolean;
  /** Asks the user for a word, hidden while it is typed where it is secret; as `confirm` throws. */
  ask?(question: string, isSecret: boolean): Promise<string>;
  /** A progress bar that updates in place. Call `done` at the end. */
  progress(label: string): ProgressBar;
  /** Loss and accuracy of a training run, drawn while it goes on; absent where nothing shows them. */
  curve?(label: string): LiveCurve;
  /** Lets the user select a variant by a click on its point; absent where there are no widgets. */
  selectable?(plot: ParetoPlot): void;
}

export interface Input {
  /** The cell's execution count. */
  readonly count: number;
  readonly code: string;
}

export interface EvaluateOptions {
  /** Absolute path of the file that the code is from: errors name it, and its imports start in its folder. */
  readonly file?: string;
  /** Called right before the code runs, when it is compiled. */
  readonly onStart?: () => void;
}

export interface DisplayHandle {
  update(value: unknown): void;
}

/** Values of one step: `loss`, and `accuracy` as a fraction. */
export interface TrainingStep {
  readonly step: number;
  readonly loss?: number;
  readonly accuracy?: number;
}

/** A curve below the cell. */
export interface LiveCurve {
  /** Adds steps, in their order; redrawn at most ten times a second. */
  update(steps: readonly TrainingStep[]): void;
  /** Leaves the last frame in the notebook. */
  done(): void;
}

export interface ProgressBar {
  update(progress: Progress): void;
  done(message?: string): void;
}

export type { MimeBundle };
