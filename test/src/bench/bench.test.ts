import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bench } from '../../../src/bench/index.ts';
import { dense, sequential } from '../../../src/layers/index.ts';
import { saveModel } from '../../../src/onnx/index.ts';
import type { Progress } from '../../../src/report.ts';
import { flattenModel, onnxFile } from './onnx-file.ts';

const model = flattenModel('N', 10);

test('measures a model and says under which conditions', async () => {
  const report = await bench(model, { batch: 4, runs: 60, warmup: 5, threads: 1, parameters: 7, macs: 3 });
  expect(report.latency.count).toBe(60);
  expect(report.latency.min).toBeGreaterThan(0);
  expect(report.latency.p50).toBeLessThanOrEqual(report.latency.p99);
  expect(report.throughput).toBeCloseTo(4000 / report.latency.mean, 6);
  expect(report.peakMemory).toBeGreaterThan(report.memoryRise!);
  expect(report.cpuUse).toBeGreaterThan(0);
  expect(report.conditions).toMatchObject({ runs: 60, warmup: 5, threads: 1 });
  expect(report.conditions.runtime).toMatch(/^onnxruntime \d+\.\d+\.\d+$/);

  const tested = { accuracy: 0.5, data: 'pixels test 5' };
  const { device, batch, metrics, conditions } = report.toMeasurement(tested);
  expect(conditions.data).toBe('pixels test 5');
  expect({ device, batch }).toEqual({ device: 'local', batch: 4 });
  expect(metrics).toMatchObject({ accuracy: 0.5, size: model.length, parameters: 7, macs: 3 });
  expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
  expect(report.toMeasurement().metrics).not.toHaveProperty('accuracy');
});

test('by default runs at least 50 times and tells how far it is', async () => {
  const progress: Progress[] = [];
  const report = await bench(model, { minTime: 1, onProgress: (p) => progress.push(p) });
  expect(report.latency.count).toBeGreaterThanOrEqual(50);
  for (const { done, total } of progress) expect(done <= total).toBe(true);
});

test('memory is that of the model, not of the process that asks', async () => {
  const ballast = new Uint8Array(600e6).fill(1);
  const report = await bench(model, { runs: 1 });
  expect(report.peakMemory).toBeLessThan(ballast.length);
});

test('memory rises by what the model holds', async () => {
  const big = onnxFile({
    inputs: { x: [1, 25_000_000] },
    outputs: { y: [1, 25_000_000] },
    nodes: [{ opType: 'Exp', input: ['x'], output: ['y'] }],
  });
  const small = await bench(model, { runs: 1, warmup: 1 });
  const report = await bench(big, { runs: 1, warmup: 1 });
  expect(report.memoryRise! - small.memoryRise!).toBeGreaterThan(150e6);
});

test('the size of a model counts the files of its external data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'external-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'net.onnx');
  const net = sequential([10], [dense(50), dense(50)]);
  await saveModel(net, path, { externalData: { location: 'net.data', threshold: 0 } });
  const [inside, beside] = [await stat(path), await stat(join(folder, 'net.data'))];
  expect(beside.size).toBeGreaterThan(4 * 50 * 60);
  const report = await bench(path, { runs: 1, warmup: 1 });
  expect(report.size).toBe(inside.size + beside.size);
});

test('an abort ends the measuring process and leaves no file', async () => {
  const controller = new AbortController();
  const before = await readdir(tmpdir());
  const endless = bench(model, {
    minTime: 1e9,
    warmup: 1,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(endless).rejects.toThrow(/abort/);
  expect(
    (await readdir(tmpdir())).filter((name) => name.startsWith('edgebook-bench-') && !before.includes(name)),
  ).toEqual([]);
  await expect(bench(model, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
});

test('names the mistake', async () => {
  await expect(bench(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
    name: 'ModelError',
    message: expect.stringContaining('onnxruntime cannot load the model'),
  });
  await expect(bench('nowhere.onnx')).rejects.toThrow("There is no model file 'nowhere.onnx'");
  await expect(bench(model, { threads: 0 })).rejects.toThrow(
    "'threads' must be a whole number of 1 or more, was 0",
  );
  await expect(bench(flattenModel(8, 10), { batch: 2 })).rejects.toThrow(
    'has a fixed batch of 8, asked for was 2',
  );
});
