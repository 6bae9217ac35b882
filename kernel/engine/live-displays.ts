/** A display that changes while work goes on. */
export interface LiveDisplay {
  /** Shows the newest state. */
  flush(): void;
}

const open = new Set<LiveDisplay>();

export const addLive = (live: LiveDisplay): void => void open.add(live);
export const removeLive = (live: LiveDisplay): void => void open.delete(live);

/** Shows the newest state of every display that is not done, at the end of a cell. */
export function flushLive(): void {
  for (const live of open) live.flush();
  open.clear();
}
