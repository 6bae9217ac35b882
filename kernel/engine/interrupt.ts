import type { ErrorOutput } from '../output.ts';
import { endCell, runningCell } from './running-cell.ts';
import { patience, type TerminationGuard } from './termination-guard.ts';

/** What a front end shows for a cell that the user stopped. */
export const interruptedError: ErrorOutput = {
  type: 'error',
  ename: 'Interrupted',
  evalue: 'The cell was interrupted',
  traceback: ['\u001b[31mInterrupted\u001b[39m: The cell was interrupted. Variables are kept.'],
};

/**
 * First rung: aborts the cell's signal. Code that heeds it ends by itself; a cell that merely waits is
 * left waiting and reported as interrupted.
 */
export function acknowledgeInterrupt(id: number, guard: TerminationGuard): void {
  const cell = runningCell();
  if (cell?.id !== id || cell.controller.signal.aborted) return;
  cell.controller.abort(new DOMException('The cell was interrupted', 'AbortError'));
  setTimeout(() => endCell(id, { error: interruptedError }), patience(guard));
}

/** Second rung: V8 was told to stop the code. */
export function endInterrupted(id: number): void {
  endCell(id, { error: interruptedError });
}
