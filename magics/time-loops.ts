import vm from 'node:vm';
import { type Displayable, displaySymbol, type MimeBundle } from '../src/report.ts';
import { duration } from './duration.ts';
import type { Context } from './magic.ts';

/** Runs the measured code so many times; returns, or resolves to, the time that took in ms. */
export type Loop = (loops: number, signal: AbortSignal) => number | Promise<number>;

/** A run that takes this long, in ms, has enough loops. */
const longEnough = 200;

/** What `%timeit` measured; times are in ms. */
export class Timing implements Displayable {
  /** Loops in one run. */
  readonly loops: number;
  /** Time of one loop, by run. */
  readonly times: readonly number[];

  constructor(loops: number, times: readonly number[]) {
    this.loops = loops;
    this.times = times;
  }

  get best(): number {
    return Math.min(...this.times);
  }

  get worst(): number {
    return Math.max(...this.times);
  }

  get average(): number {
    return this.times.reduce((sum, time) => sum + time, 0) / this.times.length;
  }

  /** Of the population, as IPython has it. */
  get stdev(): number {
    const { average, times } = this;
    return Math.sqrt(times.reduce((sum, time) => sum + (time - average) ** 2, 0) / times.length);
  }

  toString(): string {
    const runs = `${this.times.length} run${this.times.length === 1 ? '' : 's'}`;
    const loops = `${this.loops.toLocaleString('en-US')} loop${this.loops === 1 ? '' : 's'} each`;
    const spread = `${duration(this.average)} ± ${duration(this.stdev)} per loop`;
    return `${spread} (mean ± std. dev. of ${runs}, ${loops})`;
  }

  [displaySymbol](): MimeBundle {
    return { 'text/plain': this.toString() };
  }
}

/**
 * TypeScript of a `Loop` over `code`: one function, compiled once, so that only the code is measured. The value of an
 * expression is kept until the end: V8 would leave out what nobody uses. Only code with `await` pays for awaits.
 */
export function loopSource(code: string): string {
  const waits = /\bawait\b/.test(code);
  const statement = isExpression(code) ? `$value = (${code}\n);` : `{ ${code}\n}`;
  const check = waits ? '$signal.throwIfAborted(); ' : '';
  return (
    `(${waits ? 'async ' : ''}function ($loops: number, $signal: AbortSignal) { ` +
    `let $value: unknown; const $start = performance.now(); ` +
    `for (let $i = 0; $i < $loops; $i++) { ${check}${statement} } ` +
    `const $time = performance.now() - $start; void $value; return $time; })`
  );
}

/** Whether JavaScript reads it as an expression; TypeScript's own syntax counts as statements, which is as good. */
function isExpression(code: string): boolean {
  try {
    new vm.Script(`async () => (${code}\n)`);
    return true;
  } catch {
    return false;
  }
}

export interface MeasureOptions {
  /** Loops in one run. Default: 1, 2, 5, 10, 20, ... until a run takes 0.2 s, as IPython does. */
  readonly loops: number | undefined;
  readonly runs: number;
  readonly context: Pick<Context, 'call' | 'signal'>;
}

/** Measures a loop in several runs. Rejects with the signal's reason when it is aborted. */
export async function measureLoops(loop: Loop, { loops, runs, context }: MeasureOptions): Promise<Timing> {
  const { signal } = context;
  const run = async (count: number): Promise<number> => {
    signal.throwIfAborted();
    return context.call(() => loop(count, signal));
  };
  const chosen = loops ?? (await chooseLoops(run));
  const times: number[] = [];
  while (times.length < runs) times.push((await run(chosen)) / chosen);
  return new Timing(chosen, times);
}

async function chooseLoops(run: (loops: number) => Promise<number>): Promise<number> {
  for (let power = 1; power < 1e9; power *= 10) {
    for (const loops of [power, 2 * power, 5 * power]) {
      if ((await run(loops)) >= longEnough) return loops;
    }
  }
  return 1e9;
}
