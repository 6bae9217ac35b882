import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Linux counts a process's start in hundredths of a second since boot. */
const tick = 10;
/** How far that may be off, in ms. */
const tolerance = 50;

/**
 * Sends a signal to the processes that this one has started since `since` (ms of the epoch), and to all below them, as
 * Control-C in a terminal does: a shell alone would wait on. Older ones, such as a server of an earlier cell, are left.
 */
export function signalChildren(signal: NodeJS.Signals, since: number): void {
  const young = childrenOf(process.pid).filter((pid) => startOf(pid) >= since - tolerance);
  for (const pid of young.flatMap((child) => [child, ...descendants(child)])) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** In ms of the epoch; infinite where the system does not tell, since the one that is waited for must be reached. */
function startOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The fields behind the name, which may hold anything: the state is the third of all, the start the 22nd.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
    return Date.now() - uptime() * 1000 + Number(start) * tick;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      numbers(readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')),
    );
  } catch {
    return process.platform === 'linux' ? [] : childrenByPgrep(pid);
  }
}

function childrenByPgrep(pid: number): number[] {
  try {
    return numbers(execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }));
  } catch {
    // It says by its exit code that there are none.
    return [];
  }
}

function numbers(text: string): number[] {
  return text.split(/\s+/).filter(Boolean).map(Number);
}
