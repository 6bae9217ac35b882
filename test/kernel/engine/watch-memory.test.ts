import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchMemory } from '../../../kernel/engine/watch-memory.ts';

const pid = 4242;
let proc: string;
let unwatch = () => {};
let told: string[];

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'edgebook-proc-'));
  mkdirSync(join(proc, `${pid}`));
  told = [];
});
afterEach(() => {
  unwatch();
  rmSync(proc, { recursive: true });
});

/** In MB, of 1000 MB of memory and 500 MB of swap. */
function machine({ available, freeSwap, held }: Record<'available' | 'freeSwap' | 'held', number>): void {
  const lines = { MemTotal: 1000, MemFree: 5, MemAvailable: available, SwapTotal: 500, SwapFree: freeSwap };
  const text = Object.entries(lines).map(([key, size]) => `${`${key}:`.padEnd(15)} ${kilobytes(size)} kB\n`);
  writeFileSync(join(proc, 'meminfo'), text.join(''));
  writeFileSync(join(proc, `${pid}`, 'status'), `Name:\tnode\nVmRSS:\t ${kilobytes(held)} kB\n`);
}

const kilobytes = (size: number): number => Math.round((size * 1e6) / 1024);

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

const watch = () => {
  unwatch = watchMemory(pid, (held) => told.push(held), proc);
};

test('a process that fills the memory is told of once, and the killer of the kernel would take it first', async () => {
  machine({ available: 160, freeSwap: 0, held: 700 });
  watch();
  expect(told).toEqual([]);
  machine({ available: 90, freeSwap: 10, held: 900 });
  await expect.poll(() => told).toEqual(['it held 900 MB when 90 MB of 1000 MB were left']);
  await pause();
  expect(told).toHaveLength(1);
  expect(readFileSync(join(proc, `${pid}`, 'oom_score_adj'), 'utf8')).toBe('300');
});

test.each([
  ['there is swap', { available: 10, freeSwap: 200, held: 900 }],
  ['others hold most of the memory', { available: 10, freeSwap: 0, held: 400 }],
  ['enough is left', { available: 120, freeSwap: 0, held: 900 }],
])('nobody is told while %s', async (_, state) => {
  machine(state);
  watch();
  await pause();
  expect(told).toEqual([]);
});

test('what cannot be read once is looked at again; a watch that has ended tells nothing', async () => {
  machine({ available: 120, freeSwap: 0, held: 900 });
  watch();
  rmSync(join(proc, 'meminfo'));
  await pause();
  machine({ available: 80, freeSwap: 0, held: 900 });
  await expect.poll(() => told, { timeout: 3000 }).toHaveLength(1);
  machine({ available: 120, freeSwap: 0, held: 900 });
  watch();
  unwatch();
  machine({ available: 80, freeSwap: 0, held: 900 });
  await pause();
  expect(told).toHaveLength(1);
});

test('where /proc tells nothing, the process is left alone', () => {
  watch();
  expect(existsSync(join(proc, `${pid}`, 'oom_score_adj'))).toBe(false);
});
