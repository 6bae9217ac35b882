import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { benchOn } from '../../../devices/bench/bench-on.ts';
import { runBench } from '../../../devices/bench/run-bench.ts';
import { bench } from '../../../src/bench/index.ts';
import { ModelError } from '../../../src/errors.ts';
import { content, id, laidOut, removeBoards } from './laid-out.ts';

afterEach(removeBoards);

test('a board is measured as this machine is, with its power and what that covers', async () => {
  const { device, job } = laidOut('power/ina3221-orin-nano');
  const there = await benchOn(device, job);
  const here = await bench(content, { threads: 1, runs: 10, warmup: 1 });
  const { latency, overhead, conditions } = there;
  expect(there.device).toBe('board');
  expect(Object.keys(there.toMeasurement().metrics)).toEqual(
    expect.arrayContaining(Object.keys(here.toMeasurement().metrics)),
  );
  expect(conditions).toMatchObject({ threads: 1, runtime: here.conditions.runtime });
  expect(latency.count).toBeGreaterThanOrEqual(50);
  expect(overhead).toBeGreaterThan(0);
  // The fixture's power never changes.
  expect(there.surroundings?.power).toEqual({
    ...{ idle: 7.5, loaded: expect.closeTo(7.5, 9) },
    covers: 'whole board: VDD_IN by INA3221',
  });
  const { metrics } = there.toMeasurement();
  expect(metrics.energy).toBeCloseTo((7.5 * latency.mean) / 1000, 9);
  expect(metrics.energyAboveIdle).toBeCloseTo(0, 9);
  expect(there.toText({ width: 300 })).toMatch(/energy of a run .*power of/);
});

test('a board without a power source says so; heat, throttling and emulation are told', async () => {
  const { board, device, job } = laidOut('devices/raspberry-pi-4');
  writeFileSync(join(board.root, 'sys/firmware/devicetree/base/model'), 'linux,dummy-virt\0');
  const report = await benchOn(device, { ...job, options: { threads: 1, runs: 5, warmup: 1 } });
  const { surroundings, warnings, title } = report;
  expect(surroundings?.power).toBeUndefined();
  expect(surroundings?.held).toBe('undervoltage, throttled');
  expect(surroundings?.celsiusBefore).toBeGreaterThan(20);
  expect(warnings[0]).toContain('power: none that can be read');
  expect(title).toContain('emulated: no timing meaning');
  // The mark goes into the ledger.
  expect(report.toMeasurement().conditions.kind).toBe('emulated');
});

test('errors of the model and of the way there are told as such', async () => {
  const { board, device, job } = laidOut('power/no-power');
  const bad = new Uint8Array([1, 2, 3]);
  const broken = { id: createHash('sha256').update(bad).digest('hex'), content: () => bad };
  await expect(benchOn(device, { ...job, model: broken })).rejects.toThrow(ModelError);
  await expect(
    runBench(board.transport, {
      command: ['sh', '-c', 'echo gone >&2; exit 4', 'sh'],
      model: id,
      options: {},
    }),
  ).rejects.toThrow('board: the measurement there was lost: its process has ended (gone)');
});
