import type { MimeBundle } from '../../src/report.ts';

/** To the agent. Numbers are those of requests; each is answered by a `done`. */
export type ToAgent =
  /** Runs TypeScript in the agent's session; `count` is the cell's number here, for errors. */
  | { readonly type: 'execute'; readonly id: number; readonly code: string; readonly count: number }
  /** Interrupts all cells. */
  | { readonly type: 'interrupt' }
  /** Declares a variable; its value is the body. */
  | { readonly type: 'push'; readonly id: number; readonly name: string }
  /** Asks for the value of an expression. */
  | { readonly type: 'pull'; readonly id: number; readonly expression: string }
  | { readonly type: 'ping' };

/** From the agent. */
export type FromAgent =
  | AgentReady
  | { readonly type: 'output'; readonly id: number; readonly output: RemoteOutput }
  /** The body is the value of a `pull`. */
  | { readonly type: 'done'; readonly id: number; readonly error?: RemoteFailure }
  | { readonly type: 'pong' };

/** What the agent says of itself when it has started. */
export interface AgentReady {
  readonly type: 'ready';
  readonly edgebook: string;
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly processor: string;
  readonly threads: number;
  readonly memoryBytes: number;
}

/** What a cell shows over there. */
export type RemoteOutput =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'display'; readonly data: MimeBundle; readonly displayId?: string }
  | { readonly type: 'update'; readonly data: MimeBundle; readonly displayId: string };

/** How a cell failed over there. */
export interface RemoteFailure {
  readonly ename: string;
  readonly evalue: string;
  /** Lines as a front end prints them, with the cell's. */
  readonly traceback: readonly string[];
}

/** So often a sign of life is asked for, in ms. */
export const pingInterval = 2000;
/** After so long a silence the other side is given up, in ms. */
export const silence = 7500;
