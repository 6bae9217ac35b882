import { currentOrigin } from './origin.ts';
import type { RunningCell } from './running-cell.ts';

/** A display that changes while work goes on. */
export interface LiveDisplay {
  /** Shows the newest state. */
  flush(): void;
}

/** Each with the cell of a subshell that has opened it, if one has. */
const open = new Map<LiveDisplay, RunningCell | undefined>();

export const addLive = (live: LiveDisplay): void => void open.set(live, currentOrigin()?.cell);
export const removeLive = (live: LiveDisplay): void => void open.delete(live);

/** Shows the newest state of every display of the cell that is not done, at the end of that cell. */
export function flushLive(): void {
  const ending = currentOrigin()?.cell;
  for (const [live, cell] of open) {
    if (cell !== ending) continue;
    live.flush();
    open.delete(live);
  }
}
