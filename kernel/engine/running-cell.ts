import { writeSync } from 'node:fs';
import type { ErrorOutput } from '../output.ts';
import { flushLive } from './live-displays.ts';
import { type ExpressionResults, endMark } from './protocol.ts';
import { report } from './report.ts';
import { takeNewNames } from './variables.ts';

/** The cell that runs; it ends once, whoever says so first: its code, or an interrupt. */
export interface RunningCell {
  readonly id: number;
  readonly controller: AbortController;
  /** Whether the front end can ask the user. */
  readonly canAsk: boolean;
}

let running: RunningCell | undefined;
let signal: AbortSignal = new AbortController().signal;

export function beginCell(id: number, canAsk: boolean): RunningCell {
  running = { id, controller: new AbortController(), canAsk };
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
export function endCell(
  id: number,
  end: { error?: ErrorOutput; expressions?: ExpressionResults } = {},
): void {
  if (running?.id !== id) return;
  running = undefined;
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
