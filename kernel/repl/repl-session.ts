import type { Completeness } from '../engine/is-complete.ts';
import type { CellResult, ExecuteOptions } from '../execute-options.ts';
import type { History } from '../history.ts';
import type { Completion, Explanation, Signature } from '../types/types-protocol.ts';

/** What the terminal needs of a session, be it its own or that of a kernel which runs elsewhere. */
export interface ReplSession {
  /** Number of the last cell that counted. */
  readonly executionCount: number;
  readonly history: History | undefined;
  execute(code: string, options: ExecuteOptions): Promise<CellResult>;
  interrupt(): void;
  /** Resolves when questions about code are answered soon. */
  warm(): Promise<void>;
  complete(code: string, position: number): Promise<Completion>;
  inspect(code: string, position: number): Promise<Explanation | undefined>;
  signature(code: string, position: number): Promise<Signature | undefined>;
  completeness(code: string): Promise<Completeness | undefined>;
  close(): Promise<void>;
}
