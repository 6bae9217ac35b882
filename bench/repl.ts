/**
 * The terminal session beside IPython's, in real terminals of one process tree: from the start to a prompt that shows what is
 * typed, and to the first result; from a key to the screen, idle and while a cell prints 10,000 lines; memory over 1,000
 * cells. Medians of alternating runs.
 *
 *     npm run bench:repl            EDGEBOOK_PYTHON names a Python with IPython
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python } from '../test/support/requirement.ts';
import { Pty } from './pty.ts';

const runs = 9;
const keys = 60;
const cells = 1000;
/** By then the compiler, which has loaded before, knows the names of the cells. */
const warm = 400;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const ms = (value: number): string => `${value.toFixed(1)} ms`;

const folder = await mkdtemp(join(tmpdir(), 'edgebook-bench-'));
const ours = `${process.execPath} ${join(import.meta.dirname, '..', 'dist', 'kernel', 'cli.js')} repl`;
const environment = { EDGEBOOK_HISTORY: join(folder, 'history.sqlite'), IPYTHONDIR: folder };

interface Start {
  /** ms until what was typed at the prompt is shown. */
  readonly usable: number;
  /** ms until `1+1`, typed at the prompt, has its result. */
  readonly result: number;
}

async function startOf(command: string): Promise<Start> {
  const terminal = new Pty(command, environment);
  await terminal.until('In [');
  terminal.write('1');
  const usable = await terminal.until('1');
  terminal.write('+1\r');
  const result = await terminal.until(/Out\[1\]: 2/);
  terminal.end();
  return { usable: usable - terminal.start, result: result - terminal.start };
}

async function benchStart(peer: string | undefined): Promise<void> {
  const all: { ours: Start; peer?: Start }[] = [];
  for (let run = 0; run < runs; run++) {
    const first = await startOf(ours);
    all.push({ ours: first, ...(peer && { peer: await startOf(peer) }) });
  }
  for (const what of ['usable', 'result'] as const) {
    const own = median(all.map((one) => one.ours[what]));
    const label = what === 'usable' ? 'start to usable prompt' : 'start to the result of 1+1';
    if (!peer) console.log(`${label}: ${ms(own)}; no IPython to compare with`);
    else {
      const other = median(all.map((one) => one.peer![what]));
      const verdict = what === 'usable' ? (own / other <= 0.6 ? '  <= 0.6: PASS' : '  <= 0.6: FAIL') : '';
      console.log(`${label}: ${ms(own)}, IPython ${ms(other)}, ratio ${(own / other).toFixed(2)}${verdict}`);
    }
  }
}

/** ms from each of some keys to the screen. */
async function keyTimes(terminal: Pty): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < keys; i++) {
    const letter = 'abcdefghij'[i % 10]!;
    const begin = performance.now();
    terminal.write(letter);
    times.push((await terminal.until(letter)) - begin);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return times;
}

async function benchKeys(): Promise<void> {
  const terminal = new Pty(ours, environment);
  await terminal.until('In [');
  terminal.write('0\r');
  await terminal.until('Out[1]');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  terminal.write('_');
  await new Promise((resolve) => setTimeout(resolve, 500));
  report('key to screen, idle', await keyTimes(terminal), 16);
  terminal.write('\u0015');
  const print =
    'for (let i = 0; i < 10_000; i++) { console.log("0123456789".repeat(7)); if (i % 10 === 0) await new Promise((r) => setTimeout(r, 2)) }';
  terminal.write(`${print}\r`);
  await terminal.until('0123456789');
  terminal.write('_');
  report('key to screen, while a cell prints 10,000 lines', await keyTimes(terminal), 50);
  terminal.end();
}

function report(label: string, times: readonly number[], limit: number): void {
  const own = median(times);
  const p95 = times.toSorted((a, b) => a - b)[Math.floor(0.95 * times.length)]!;
  console.log(
    `${label}: median ${ms(own)}, p95 ${ms(p95)}  <= ${limit} ms: ${own <= limit ? 'PASS' : 'FAIL'}`,
  );
}

/** Resident memory of a process in MB. */
const residentOf = (pid: number): number =>
  (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024) / 1e6;

async function benchMemory(): Promise<void> {
  const terminal = new Pty(ours, environment);
  await terminal.until('In [');
  terminal.write('process.ppid\r');
  await terminal.until(/Out\[1\]: \d+\s/);
  const pid = Number(/Out\[1\]: (\d+)/.exec(terminal.text)![1]);
  // The compiler loads while cells run; fast ones would be over before it.
  terminal.write('Math.\t');
  await terminal.until('property');
  terminal.write('\u0003');
  let early = 0;
  for (let cell = 2; cell <= cells; cell++) {
    terminal.write(`const v${cell % 50} = ${cell}; v${cell % 50}\r`);
    await terminal.until(`Out[${cell}]`);
    if (cell === warm) early = residentOf(pid);
  }
  const late = residentOf(pid);
  const growth = late - early;
  console.log(
    `memory of the terminal's process: ${early.toFixed(0)} MB after ${warm} cells, ${late.toFixed(0)} MB after ${cells}  flat (within 10 %): ${growth <= 0.1 * early ? 'PASS' : 'FAIL'}`,
  );
  terminal.end();
}

const { path, missing } = python('EDGEBOOK_PYTHON', ['IPython']);
if (missing) console.log(`IPython is left out: ${missing}`);
await benchStart(missing ? undefined : `${path} -m IPython --no-banner`);
await benchKeys();
await benchMemory();
await rm(folder, { recursive: true, force: true });
