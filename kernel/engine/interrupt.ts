import type { ErrorOutput } from '../output.ts';
import type { Pending } from './protocol.ts';
import { report } from './report.ts';
import { finishCell, reportEnd, runningCells } from './running-cell.ts';
import { type TerminationGuard, takeRelease } from './termination-guard.ts';

/** What a front end shows for a cell that the user stopped. */
export const interruptedError: ErrorOutput = {
  type: 'error',
  ename: 'Interrupted',
  evalue: 'The cell was interrupted',
  traceback: ['\u001b[31mInterrupted\u001b[39m: The cell was interrupted. Variables are kept.'],
};

/** First rung: aborts the signals of all cells. Code that heeds its own ends by itself. */
export function abortCells(): void {
  for (const { controller } of runningCells())
    controller.abort(new DOMException('The cell was interrupted', 'AbortError'));
}

/** Whether cells have run, and all have come to their end. */
export function areOver(): boolean {
  const cells = runningCells();
  return cells.length > 0 && cells.every(({ end }) => end !== undefined);
}

/**
 * Ends the cells that the supervisor lets go: each as it has ended by itself, else as interrupted; the timers
 * that such a cell has set are cleared, what else it waits for is left alone. False if the supervisor has changed its mind.
 */
export function releaseCells(guard: TerminationGuard, { cells, messages }: Pending): boolean {
  if (!takeRelease(guard)) return false;
  for (const cell of runningCells()) {
    cell.end ??= { error: interruptedError };
    if (cell.end.error === interruptedError) cell.timers.stop();
    finishCell(cell);
  }
  // What came as the termination struck is lost. Of all others the kernel has been told, and does not heed this.
  for (const id of cells) reportEnd(id, { error: interruptedError });
  for (const origin of messages) report({ type: 'handled', origin });
  return true;
}
