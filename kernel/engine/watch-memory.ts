import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Below these shares of what there is, memory and swap count as full. */
const fullMemory = 0.03;
const fullSwap = 0.05;
/** A process that holds less than this share of the memory has not filled it. */
const largeShare = 0.25;
/** No program fills memory faster than this, in bytes per ms: how long nothing need be looked at. */
const fillRate = 2e6;
/** Between two looks, in ms. */
const [shortest, longest] = [20, 1000];

/** Bytes. */
interface Memory {
  readonly total: number;
  readonly available: number;
  readonly swap: number;
  readonly freeSwap: number;
}

/**
 * Watches the machine's memory for a process that may fill it, where /proc tells (Linux). The kernel's own killer comes
 * late: a board without swap first throws out the code of all its programs, and answers nobody for minutes. `onFull`
 * is told once what the process holds. Gives what ends the watch.
 */
export function watchMemory(pid: number, onFull: (held: string) => void, proc = '/proc'): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const memory = memoryOf(proc);
    const held = heldBy(pid, proc);
    if (!memory || held === undefined) return;
    if (isFull(memory) && held > largeShare * memory.total) {
      onFull(
        `it held ${megabytes(held)} when ${megabytes(memory.available)} of ${megabytes(memory.total)} were left`,
      );
      return;
    }
    const headroom = memory.available - fullMemory * memory.total;
    timer = setTimeout(look, Math.min(longest, Math.max(shortest, headroom / fillRate))).unref();
  };
  offerFirst(pid, proc);
  look();
  return () => clearTimeout(timer);
}

/** Has the kernel's killer take this process before any other, such as the one that speaks to the user. */
function offerFirst(pid: number, proc: string): void {
  try {
    writeFileSync(join(proc, `${pid}`, 'oom_score_adj'), '1000');
  } catch {
    // Not Linux, or the process is gone.
  }
}

const isFull = ({ total, available, swap, freeSwap }: Memory): boolean =>
  available < fullMemory * total && freeSwap <= fullSwap * swap;

function memoryOf(proc: string): Memory | undefined {
  const text = textOf(join(proc, 'meminfo'));
  const bytes = (key: string) =>
    1024 * Number(new RegExp(`^${key}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN);
  const total = bytes('MemTotal');
  const available = bytes('MemAvailable');
  if (!(total > 0) || Number.isNaN(available)) return undefined;
  return { total, available, swap: bytes('SwapTotal') || 0, freeSwap: bytes('SwapFree') || 0 };
}

/** Bytes of memory that the process holds; undefined when it is gone. */
function heldBy(pid: number, proc: string): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(textOf(join(proc, `${pid}`, 'status')))?.[1];
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
