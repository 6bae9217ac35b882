import type { ErrorOutput } from '../output.ts';
import { endCell, finishCell, runningCell } from './running-cell.ts';
import { type TerminationGuard, takeRelease } from './termination-guard.ts';

/** What a front end shows for a cell that the user stopped. */
export const interruptedError: ErrorOutput = {
  type: 'error',
  ename: 'Interrupted',
  evalue: 'The cell was interrupted',
  traceback: ['\u001b[31mInterrupted\u001b[39m: The cell was interrupted. Variables are kept.'],
};

/** First rung: aborts the cell's signal. Code that heeds it ends by itself. */
export function abortCell(id: number): void {
  const cell = runningCell();
  if (cell?.id === id) cell.controller.abort(new DOMException('The cell was interrupted', 'AbortError'));
}

/**
 * Ends the cell that the supervisor lets go: as it has ended by itself, else as interrupted; what it still waits
 * for is left alone. False if the supervisor has changed its mind.
 */
export function releaseCell(guard: TerminationGuard): boolean {
  if (!takeRelease(guard)) return false;
  const cell = runningCell();
  if (cell) {
    endCell(cell.id, { error: interruptedError });
    finishCell(cell);
  }
  return true;
}
