import { expect, test } from 'vitest';
import { evaluate } from '../../../../src/bench/index.ts';
import { conv2d, dense, flatten, relu, sequential } from '../../../../src/layers/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { pruneWeights } from '../../../../src/prune/masks/index.ts';
import { sensitivityScan } from '../../../../src/prune/sensitivity/index.ts';
import { displaySymbol } from '../../../../src/report.ts';
import { fit } from '../../../../src/train/index.ts';
import { stripes } from '../../train/stripes.ts';

const net = () =>
  sequential([1, 4, 4], [conv2d(8, 3), relu(), conv2d(8, 3), flatten(), dense(2)], { seed: 3 });
const data = stripes({ side: 4 }).withValidation(100, 3);

test('each point is what an evaluation of the model with that layer alone pruned tells', async () => {
  const { model } = await fit(net(), data, { epochs: 2, batchSize: 32 });
  const seen: string[] = [];
  const report = await sensitivityScan(model, data, {
    sparsities: [0.5, 0.9],
    onProgress: ({ done, total, message }) => seen.push(`${done}/${total} ${message}`),
  });
  const layers = report.rows.map((row) => String(row.layer));
  expect(layers).toHaveLength(3);
  expect(seen).toHaveLength(6);
  expect(seen.at(-1)).toMatch(/^6\/6 .* at 90 %$/);
  for (const { layer, sparsity, accuracy, loss } of report.points) {
    const keep = layers.filter((other) => other !== layer);
    const { model: pruned } = await pruneWeights(model, { sparsity, keep });
    const expected = await evaluate(writeModel(pruned), data, { split: 'validation' });
    expect(accuracy).toBe(expected.accuracy);
    expect(loss).toBeCloseTo(expected.loss, 6);
  }
  expect(report.rows[0]![0.9]).toBeLessThanOrEqual(report.rows.at(-1)![0.9] as number);
  const { 'text/html': html } = await report[displaySymbol]();
  for (const layer of layers) expect(html).toContain(layer);
});

test('tells the loss where it is asked for, stops when aborted, and refuses shares that are none', async () => {
  const report = await sensitivityScan(net(), data, { sparsities: [0.5], loss: 'ce', importance: 'taylor' });
  expect(report.points.every(({ accuracy }) => accuracy === undefined)).toBe(true);
  expect(report.points.every(({ loss }) => loss > 0)).toBe(true);
  const controller = new AbortController();
  const work = sensitivityScan(net(), data, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(work).rejects.toThrow('enough');
  await expect(sensitivityScan(net(), data, { sparsities: [1] })).rejects.toThrow(/'sparsities'.*was 1/);
});
