/** How long to go on: exactly `runs`, or where that is undefined at least `atLeast` runs and `minTime` ms. */
export interface Stop {
  readonly runs?: number | undefined;
  readonly atLeast: number;
  readonly minTime: number;
}

const maxRuns = 100_000;
const progressInterval = 100;

/**
 * Milliseconds of each call of `run`, one after the other. `onProgress` is told between calls, at most
 * every 100 ms, with the number of runs so far and the number expected.
 */
export async function timeRuns(
  run: () => Promise<unknown>,
  stop: Stop,
  onProgress?: (done: number, total: number) => void,
): Promise<Float64Array> {
  const latencies: number[] = [];
  const begin = performance.now();
  let told = begin;
  while (true) {
    const start = performance.now();
    const total = expectedRuns(stop, latencies.length, start - begin);
    if (latencies.length >= total) return Float64Array.from(latencies);
    if (start - told > progressInterval) {
      onProgress?.(latencies.length, total);
      told = start;
    }
    const before = performance.now();
    await run();
    latencies.push(performance.now() - before);
  }
}

function expectedRuns({ runs, atLeast, minTime }: Stop, done: number, elapsed: number): number {
  if (runs !== undefined) return runs;
  const needed = elapsed >= minTime ? done : Math.ceil((done + 1) * (minTime / Math.max(elapsed, 1)));
  return Math.min(Math.max(needed, atLeast), maxRuns);
}
