import { afterEach, expect, test } from 'vitest';
import { soakOn } from '../../../devices/bench/soak-on.ts';
import { content, laidOut, removeBoards } from './laid-out.ts';

afterEach(removeBoards);

test('a soak tells the beginning beside the end, with power over time', async () => {
  const { device, job } = laidOut('power/ina3221-orin-nano');
  const { report, measured } = await soakOn(device, {
    ...job,
    name: 'relu',
    duration: 3000,
    size: content.length,
  });
  expect(report.rows.map(({ part }) => part)).toEqual(['first 1 s', 'last 1 s']);
  expect(report.rows[1]?.watts).toBeCloseTo(7.5);
  // On a busy machine a run may last longer than a window.
  if (report.windows.length >= 8) expect(report.title).toMatch(/95 % interval/);
  else expect(report.title).toContain('too few for a verdict');
  expect(report.charts.length).toBeGreaterThanOrEqual(2);
  expect(measured?.toMeasurement().conditions.soak).toMatch(/^0\.\d+ s$|^[1-9][\d.]* s$/);
  expect(measured?.latency.p50).toBe(report.windows.at(-1)?.edge.p50);
});

test('what an interrupted soak has measured is kept', async () => {
  const { device, job } = laidOut('power/no-power');
  const controller = new AbortController();
  let told = 0;
  const onProgress = () => {
    told++;
    if (told === 2) controller.abort(new Error('enough'));
  };
  const { report, measured, interrupted } = await soakOn(device, {
    ...{ ...job, name: 'relu', duration: 60_000, size: content.length },
    watch: { signal: controller.signal, onProgress },
  });
  expect((interrupted as Error).message).toBe('enough');
  expect(report.windows.length).toBeGreaterThanOrEqual(2);
  expect(report.warnings[0]).toMatch(/^Stopped after .* of 60 s$/);
  expect(measured?.peakMemory).toBeGreaterThan(1e6);
}, 60_000);
