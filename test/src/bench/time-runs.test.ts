import { expect, test } from 'vitest';
import { timeRuns } from '../../../src/bench/time-runs.ts';

test('runs exactly as often as told', async () => {
  let calls = 0;
  const latencies = await timeRuns(async () => calls++, { runs: 7, atLeast: 50, minTime: 1e9 });
  expect([calls, latencies.length]).toEqual([7, 7]);
  expect(await timeRuns(async () => calls++, { runs: 0, atLeast: 50, minTime: 1e9 })).toHaveLength(0);
});

test('goes on until both the least runs and the least time are over', async () => {
  const none = async () => {};
  expect(await timeRuns(none, { atLeast: 12, minTime: 0 })).toHaveLength(12);
  const start = performance.now();
  const latencies = await timeRuns(none, { atLeast: 1, minTime: 20 });
  expect(performance.now() - start).toBeGreaterThanOrEqual(20);
  expect(latencies.length).toBeGreaterThan(1);
});
