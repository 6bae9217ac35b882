import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Memory counts as full below this share of what there is, or this many bytes, swap below this share. What Linux calls
 * available has the code of running programs in it, which a board needs to answer anybody.
 */
const [fullShare, fullBytes, fullSwap] = [0.1, 200e6, 0.05];
/** Few programs fill memory faster than this, in bytes per ms: how long nothing need be looked at. */
const fillRate = 4e6;
/** Between two looks, in ms. */
const [shortest, longest] = [20, 1000];
/** Of 1000, what a process counts for the kernel's killer beside its share of the memory. */
const sooner = 300;

/** Bytes. */
interface Memory {
  readonly total: number;
  readonly available: number;
  readonly swap: number;
  readonly freeSwap: number;
}

/**
 * Watches the machine's memory for a process that fills it, where /proc tells (Linux). The kernel's own killer comes late:
 * a board without swap first throws out the code of all its programs, and answers nobody for minutes. `onFull` is told once
 * what the process holds, if that is most of what is in use. Limits of a container are the kernel's, which ends a process
 * at once there. What the process starts is not watched. Gives what ends the watch.
 */
export function watchMemory(pid: number, onFull: (held: string) => void, proc = '/proc'): () => void {
  if (!memoryOf(proc)) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const memory = memoryOf(proc);
    const held = heldBy(pid, proc);
    if (memory && isFull(memory) && held > (memory.total - memory.available) / 2) {
      const [own, left, all] = [held, memory.available, memory.total].map(megabytes);
      onFull(`it held ${own} when ${left} of ${all} were left`);
      return;
    }
    const headroom = memory ? memory.available - leastOf(memory) : Infinity;
    const wait = Math.min(longest, Math.max(shortest, headroom / fillRate));
    timer = setTimeout(look, wait).unref();
  };
  takeSooner(pid, proc);
  look();
  return () => clearTimeout(timer);
}

/** Has the kernel's killer take this process, and what it starts, before one that speaks to the user. */
function takeSooner(pid: number, proc: string): void {
  try {
    writeFileSync(join(proc, `${pid}`, 'oom_score_adj'), `${sooner}`);
  } catch {
    // The process is gone.
  }
}

const leastOf = ({ total }: Memory): number => Math.min(fullShare * total, fullBytes);

const isFull = (memory: Memory): boolean =>
  memory.available < leastOf(memory) && memory.freeSwap <= fullSwap * memory.swap;

function memoryOf(proc: string): Memory | undefined {
  const of = bytesIn(join(proc, 'meminfo'));
  const [total, available] = [of('MemTotal'), of('MemAvailable')];
  if (total === undefined || available === undefined) return undefined;
  return { total, available, swap: of('SwapTotal') ?? 0, freeSwap: of('SwapFree') ?? 0 };
}

/** Bytes of memory and swap. */
function heldBy(pid: number, proc: string): number {
  const of = bytesIn(join(proc, `${pid}`, 'status'));
  return (of('VmRSS') ?? 0) + (of('VmSwap') ?? 0);
}

/** The sizes of a file of lines such as `MemTotal:   4040704 kB`; none if it cannot be read. */
function bytesIn(path: string): (key: string) => number | undefined {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // Not Linux; or short of memory, when the next look may succeed.
  }
  return (key) => {
    const kilobytes = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
  };
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
