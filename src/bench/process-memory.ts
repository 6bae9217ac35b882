import { readFileSync } from 'node:fs';

/**
 * The most memory this process ever held, in bytes. On Linux the kernel's VmHWM: `maxRSS` there starts
 * from what the process that forked this one held.
 */
export function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const line = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
  return line ? Number(line[1]) * 1024 : process.resourceUsage().maxRSS * 1024;
}
