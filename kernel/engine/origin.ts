import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunningCell } from './running-cell.ts';

/** What code works for, if not for a cell of the main shell. */
export interface Origin {
  /** The kernel's number for it. */
  readonly id: number;
  /** The cell of a subshell; undefined if it is a comm message that is answered. */
  readonly cell?: RunningCell;
}

/** Made when the first is needed: most sessions know none. */
let origins: AsyncLocalStorage<Origin> | undefined;

/** Runs `work` such that what it shows, also later, is known to come from `origin` and not from a main cell. */
export function withOrigin<T>(origin: Origin, work: () => T): T {
  origins ??= new AsyncLocalStorage();
  return origins.run(origin, work);
}

/** What the code that runs now works for; undefined for the code of main cells. */
export function currentOrigin(): Origin | undefined {
  return origins?.getStore();
}
