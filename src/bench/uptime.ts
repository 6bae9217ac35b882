import { readFileSync } from 'node:fs';

/** Seconds since the machine was started, on Linux: the clock that power and temperature samples of a device have too. */
export function uptime(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const seconds = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return Number.isFinite(seconds) ? seconds : undefined;
}
