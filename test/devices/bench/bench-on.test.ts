import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type BenchOnOptions, benchOn, type Measured } from '../../../devices/bench/bench-on.ts';
import { runBench } from '../../../devices/bench/run-bench.ts';
import { soakOn } from '../../../devices/bench/soak-on.ts';
import { ownAgentProgram } from '../../../devices/bootstrap/parts.ts';
import { runtimeOf } from '../../../devices/runtimes/index.ts';
import { bench } from '../../../src/bench/index.ts';
import { ModelError } from '../../../src/errors.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { type Board, fixtureBoard } from '../../support/board-transport.ts';
import { reluModel } from '../relu-model.ts';

const boards: Board[] = [];
afterEach(async () => {
  for (const board of boards.splice(0)) {
    await board.transport.close();
    board.remove();
  }
});

const command = [process.execPath, '--disable-warning=ExperimentalWarning', ownAgentProgram()];
const content = writeModel(reluModel());
const id = createHash('sha256').update(content).digest('hex');

function laidOut(name: string): { board: Board; device: Measured; job: BenchOnOptions } {
  const board = fixtureBoard(`test/fixtures/${name}.txt`);
  boards.push(board);
  const opened = { transport: board.transport, meet: async () => {}, agent: async () => command };
  return {
    board,
    device: { name: 'board', url: 'local:', opened },
    job: {
      runtime: runtimeOf('onnxruntime'),
      model: { id, content: () => content },
      options: { threads: 1, minTime: 300 },
      watch: {},
      ...{ rest: 0.05, interval: 20, root: board.root },
    },
  };
}

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
