import type { ExpressionResults, InputQuestion } from './engine/protocol.ts';
import type { ErrorOutput, Output } from './output.ts';

export interface ExecuteOptions {
  /** Interrupts the cell, and all others that run, when aborted. */
  readonly signal?: AbortSignal;
  /** Called when the cell's turn has come, with its number. */
  readonly onBegin?: (count: number) => void;
  /**
   * Gets what the cell shows, in order. Also what it shows after it has ended; of a cell that does not run beside
   * others, until the next one begins.
   */
  readonly onOutput: (output: Output) => void;
  /** Runs at once, beside the cells that run, which take turns where they await. Default: after those before it. */
  readonly beside?: boolean;
  /** Width of the terminal that the cell shows itself in, in characters. */
  readonly columns?: number;
  /** Runs without counting. */
  readonly silent?: boolean;
  /** Its number, where that is counted elsewhere. */
  readonly count?: number;
  /** Asks the user; rejects with the reason if there will be no answer. Without it `prompt()` fails at once. */
  readonly onInput?: (question: InputQuestion) => Promise<string>;
  /** Evaluated after the cell if that succeeded: name to TypeScript. */
  readonly expressions?: Readonly<Record<string, string>>;
}

export interface CellResult {
  readonly count: number;
  /** What the cell failed with; it was also an output. */
  readonly error: ErrorOutput | undefined;
  /** What the expressions that came with the cell are worth. */
  readonly expressions: ExpressionResults;
}
