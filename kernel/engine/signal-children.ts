import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Sends a signal to all processes below this one, as Control-C in a terminal does: a shell alone would wait on. */
export function signalChildren(signal: NodeJS.Signals): void {
  for (const pid of descendants(process.pid)) {
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
