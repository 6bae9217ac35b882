import { writeSync } from 'node:fs';
import type { ErrorOutput } from '../output.ts';
import { flushBars } from './progress-bar.ts';
import { endMark } from './protocol.ts';
import { report } from './report.ts';

/** The cell that runs; it ends once, whoever says so first: its code, or an interrupt. */
export interface RunningCell {
  readonly id: number;
  readonly controller: AbortController;
}

let running: RunningCell | undefined;
let signal: AbortSignal = new AbortController().signal;

export function beginCell(id: number): RunningCell {
  running = { id, controller: new AbortController() };
  signal = running.controller.signal;
  return running;
}

export function runningCell(): RunningCell | undefined {
  return running;
}

/** The signal of the cell that runs, or ran last. */
export function cellSignal(): AbortSignal {
  return signal;
}

/** Tells the kernel that the cell is over, unless it has been told. */
export function endCell(id: number, error?: ErrorOutput): void {
  if (running?.id !== id) return;
  running = undefined;
  flushBars();
  writeMark(1, id);
  writeMark(2, id);
  report({ type: 'done', cell: id, ...(error && { error }) });
}

function writeMark(descriptor: number, id: number): void {
  try {
    writeSync(descriptor, endMark(id));
  } catch {
    // User code has closed it: the kernel sees that and does not wait for the mark.
  }
}
