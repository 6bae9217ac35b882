import { writeSync } from 'node:fs';
import type { ErrorOutput } from '../output.ts';
import { CellTimers, withTimers } from './cell-timers.ts';
import { flushLive } from './live-displays.ts';
import { currentOrigin, withOrigin } from './origin.ts';
import { type ExpressionResults, endMark } from './protocol.ts';
import { report } from './report.ts';
import { countCells, isSupervised, resetGuard, type TerminationGuard } from './termination-guard.ts';
import { takeNewNames } from './variables.ts';

export interface CellEnd {
  readonly error?: ErrorOutput;
  readonly expressions?: ExpressionResults;
}

/** A cell that runs; it ends once, whoever says so first: its code, or an interrupt. */
export interface RunningCell {
  readonly id: number;
  /** Whether it is a cell of a subshell, which may run while others do. */
  readonly beside: boolean;
  readonly controller: AbortController;
  /** Whether the front end can ask the user. */
  readonly canAsk: boolean;
  readonly guard: TerminationGuard;
  readonly timers: CellTimers;
  /** Set when it has ended; the kernel may not know yet. */
  end?: CellEnd;
}

/** Those of which the kernel has not been told that they are over. */
const running = new Set<RunningCell>();
let main: RunningCell | undefined;
let mainSignal: AbortSignal = new AbortController().signal;

export function beginCell(options: Omit<RunningCell, 'controller' | 'timers' | 'end'>): RunningCell {
  const cell: RunningCell = { ...options, controller: new AbortController(), timers: new CellTimers() };
  running.add(cell);
  countCells(cell.guard, running.size);
  if (!cell.beside) {
    main = cell;
    mainSignal = cell.controller.signal;
  }
  return cell;
}

/** Runs `work` as the code of `cell`. */
export function asCell<T>(cell: RunningCell, work: () => T): T {
  const timed = () => withTimers(cell.timers, work);
  return cell.beside ? withOrigin({ id: cell.id, cell }, timed) : timed();
}

export function runningCells(): readonly RunningCell[] {
  return [...running];
}

/** The cell that the code that runs now belongs to, until the kernel is told that it is over. */
export function runningCell(): RunningCell | undefined {
  const own = currentOrigin()?.cell;
  if (!own) return main;
  return running.has(own) ? own : undefined;
}

/** The signal of the cell that the code that runs now belongs to, also when that has ended. */
export function cellSignal(): AbortSignal {
  return currentOrigin()?.cell?.controller.signal ?? mainSignal;
}

/** Ends the cell unless it has ended. During an interrupt the supervisor decides when the kernel is told. */
export function endCell(cell: RunningCell, end: CellEnd): void {
  if (!running.has(cell) || cell.end) return;
  cell.end = end;
  if (!isSupervised(cell.guard)) finishCell(cell);
}

/** Tells the kernel that the cell, which has ended, is over. */
export function finishCell(cell: RunningCell): void {
  const { id, guard, end, timers } = cell;
  timers.forget();
  running.delete(cell);
  if (main === cell) main = undefined;
  countCells(guard, running.size);
  if (running.size === 0) resetGuard(guard);
  asCell(cell, flushLive);
  reportEnd(id, end);
}

/** Tells the kernel so, after all that the cell has shown. */
export function reportEnd(id: number, end: CellEnd | undefined): void {
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
