import type { TypesMode } from '../../magics/magic.ts';
import type { MimeBundle } from '../../src/report.ts';
import type { CommMessage } from '../comm.ts';
import type { ErrorOutput, Output } from '../output.ts';

/** What the kernel waits for. */
export interface Pending {
  /** Cells, by their numbers. */
  readonly cells: readonly number[];
  /** Comm messages, by theirs. */
  readonly messages: readonly number[];
}

/** Sent to the runtime child on file descriptor 3, framed by `framing.ts`. Read by the child's worker thread. */
export type Request =
  /** `cell` numbers it. One that runs `beside` the others is of a subshell. */
  | { readonly type: 'execute'; readonly cell: number; readonly beside: boolean; readonly source: CellSource }
  | ({ readonly type: 'interrupt' } & Pending)
  /** `origin` numbers the message, so that what its handlers show can be told apart. Buffers go beside it. */
  | { readonly type: 'comm'; readonly origin: number; readonly message: CommMessage }
  | ({ readonly type: 'answer' } & InputAnswer);

export interface CellSource {
  readonly code: string;
  /** Execution count, which errors show as `Cell In[3]`; undefined for a silent cell. */
  readonly count: number | undefined;
  /** How the session checks cells, for `%types` to tell. */
  readonly types: TypesMode;
  /** Whether the front end can ask the user. */
  readonly canAsk: boolean;
  /** Width of the front end's terminal. */
  readonly columns?: number;
  /** Evaluated after the cell if that succeeded: name to TypeScript. */
  readonly expressions?: Readonly<Record<string, string>>;
}

/** What an expression that came with a cell was worth; the fields are Jupyter's. */
export type ExpressionResult =
  | { readonly status: 'ok'; readonly data: MimeBundle; readonly metadata: Record<string, unknown> }
  | ({ readonly status: 'error' } & Omit<ErrorOutput, 'type'>);

export type ExpressionResults = Readonly<Record<string, ExpressionResult>>;

/** What `prompt()` and its kin ask the user. */
export interface InputQuestion {
  readonly question: number;
  /** The cell that asks. */
  readonly cell: number;
  readonly prompt: string;
  readonly password: boolean;
}

/** The answer, or why there is none. */
export interface InputAnswer {
  readonly question: number;
  readonly value?: string;
  readonly error?: string;
}

/**
 * Sent by the runtime child's main thread on file descriptor 4, framed by `framing.ts`, written synchronously:
 * what user code showed before it looped or crashed is never lost, and all of it is in order.
 */
export type Report =
  /** `origin` is the comm message or the cell of a subshell whose code shows it; else it is of the last main cell. */
  | { readonly type: 'output'; readonly output: Output; readonly origin?: number }
  /** The handlers of a comm message have returned. */
  | { readonly type: 'handled'; readonly origin: number }
  | { readonly type: 'types'; readonly mode: TypesMode }
  | ({ readonly type: 'input' } & InputQuestion)
  | CellDone;

export interface CellDone {
  readonly type: 'done';
  readonly cell: number;
  readonly error?: ErrorOutput;
  readonly expressions?: ExpressionResults;
  /** Variables that were not there before the cell. */
  readonly declares?: readonly string[];
}

export const controlDescriptor = 3;
export const reportDescriptor = 4;

/**
 * Written to the child's plain stdout and stderr when a cell ends: what native code or a subprocess wrote
 * before it belongs to that cell.
 */
export function endMark(cell: number): string {
  return `\0edgebook:${cell}\0`;
}

export const endMarkPattern = /\0edgebook:(\d+)\0/;
