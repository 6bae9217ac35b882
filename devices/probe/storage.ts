import { linesOf } from './lines.ts';

/** Bytes. */
export interface Memory {
  readonly total: number;
  readonly available: number;
}

/** Reads /proc/meminfo; undefined where it lacks a line. */
export function parseMemory(text: string): Memory | undefined {
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  const [total, available] = [field('MemTotal'), field('MemAvailable')];
  return total && available
    ? { total: Number(total) * 1024, available: Number(available) * 1024 }
    : undefined;
}

/** Reads `df -Pk FOLDER` (POSIX format); undefined for anything else. */
export function parseDisk(text: string): Memory | undefined {
  const [, size, free] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s/.exec(linesOf(text).at(-1) ?? '') ?? [];
  return size && free ? { total: Number(size) * 1024, available: Number(free) * 1024 } : undefined;
}
