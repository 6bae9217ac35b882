import type { ErrorOutput, Output } from '../output.ts';

/** Sent to the runtime child on file descriptor 3, one JSON object a line. Read by the child's worker thread. */
export type Request =
  | { readonly type: 'execute'; readonly cell: number; readonly source: CellSource }
  | { readonly type: 'interrupt'; readonly cell: number };

export interface CellSource {
  readonly code: string;
  /** Execution count, which errors show as `Cell In[3]`; undefined for a silent cell. */
  readonly count: number | undefined;
}

/**
 * Sent by the runtime child's main thread on file descriptor 4, one JSON object a line, written synchronously:
 * what user code showed before it looped or crashed is never lost, and all of it is in order.
 */
export type Report =
  | { readonly type: 'output'; readonly output: Output }
  | { readonly type: 'done'; readonly cell: number; readonly error?: ErrorOutput };

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
