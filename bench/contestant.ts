/** A process that takes training steps when asked, and how much other work the machine did meanwhile. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Window {
  /** Of a step, the mean of each four. */
  readonly seconds: readonly number[];
  /** Processor seconds of one step, all threads together. */
  readonly processor: number;
  /** Cores that others kept busy meanwhile; undefined where /proc tells nothing. */
  readonly foreign: number | undefined;
  readonly loss: number;
  readonly peakBytes: number;
}

export class Contestant {
  readonly name: string;
  readonly windows: Window[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, command: readonly [string, ...string[]]) {
    this.name = name;
    const [program, ...rest] = command;
    this.#child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line of JSON that the process prints. */
  async read(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} stopped`);
    return JSON.parse(value);
  }

  /** Takes some steps and keeps what it saw. */
  async run(steps: number): Promise<void> {
    const before = this.#ticks();
    const started = performance.now();
    this.#child.stdin.write(`${steps}\n`);
    const seen = (await this.read()) as unknown as Omit<Window, 'foreign'>;
    const elapsed = (performance.now() - started) / 1000;
    const after = this.#ticks();
    const others =
      before && after && (after.all - before.all - (after.own - before.own)) / ticksPerSecond / elapsed;
    this.windows.push({ ...seen, foreign: others === undefined ? undefined : Math.max(0, others) });
  }

  stop(): void {
    this.#child.stdin.end();
  }

  /** Ticks that all processes, and this one, have run so far. */
  #ticks(): { all: number; own: number } | undefined {
    const all = busyTicks();
    if (all === undefined) return undefined;
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    const own = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return { all, own: own[0]! + own[1]! };
  }
}

export const ticksPerSecond = 100;

/** Ticks that all processes have run so far; undefined where /proc does not tell. */
export function busyTicks(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return user + nice + system + irq + softirq + steal;
}
