import { writeSync } from 'node:fs';
import type { ErrorOutput } from '../output.ts';
import { flushLive } from './live-displays.ts';
import { type ExpressionResults, endMark } from './protocol.ts';
import { report } from './report.ts';
import { isSupervised, resetGuard, type TerminationGuard } from './termination-guard.ts';
import { takeNewNames } from './variables.ts';

export interface CellEnd {
  readonly error?: ErrorOutput;
  readonly expressions?: ExpressionResults;
}

/** The cell that runs; it ends once, whoever says so first: its code, or an interrupt. */
export interface RunningCell {
  readonly id: number;
  readonly controller: AbortController;
  /** Whether the front end can ask the user. */
  readonly canAsk: boolean;
  readonly guard: TerminationGuard;
  /** Set when it has ended; the kernel may not know yet. */
  end?: CellEnd;
}

let running: RunningCell | undefined;
let signal: AbortSignal = new AbortController().signal;

export function beginCell(cell: Omit<RunningCell, 'controller' | 'end'>): RunningCell {
  running = { ...cell, controller: new AbortController() };
  signal = running.controller.signal;
  return running;
}

/** The cell that runs, until the kernel is told that it is over. */
export function runningCell(): RunningCell | undefined {
  return running;
}

/** The signal of the cell that runs, or ran last. */
export function cellSignal(): AbortSignal {
  return signal;
}

/** Ends the cell unless it has ended. During an interrupt the supervisor decides when the kernel is told. */
export function endCell(id: number, end: CellEnd): void {
  if (running?.id !== id || running.end) return;
  running.end = end;
  if (!isSupervised(running.guard)) finishCell(running);
}

/** Tells the kernel that the cell, which has ended, is over. */
export function finishCell({ id, guard, end }: RunningCell): void {
  running = undefined;
  resetGuard(guard);
  flushLive();
  writeMark(1, id);
  writeMark(2, id);
  const declares = takeNewNames();
  report({ type: 'done', cell: id, ...end, ...(declares.length > 0 && { declares }) });
}

function writeMark(descriptor: number, id: number): void {
  try {
    writeSync(descriptor, endMark(id));
  } catch {
    // User code has closed it: the kernel sees that and does not wait for the mark.
  }
}
