import { expect, test } from 'vitest';
import { evaluate } from '../../../../src/bench/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { channelSensitivity, pruneChannels } from '../../../../src/prune/index.ts';
import { displaySymbol } from '../../../../src/report.ts';
import { fit } from '../../../../src/train/index.ts';
import { stripes } from '../../train/stripes.ts';
import { smallNet } from '../net.ts';

const data = stripes({ side: 4, count: 160 }).withValidation(64, 3);

test('each point is what an evaluation of the model without the channels of one group tells', async () => {
  const { model } = await fit(smallNet(), data, { epochs: 3, batchSize: 32, learningRate: 5e-3 });
  const report = await channelSensitivity(model, data, { sparsities: [0.5, 0.99], importance: 'l1' });
  expect(report.points.map(({ layer, sparsity }) => `${layer} ${sparsity}`)).toEqual([
    ...['conv1 0.5', 'conv1 0.99', 'conv2 0.5', 'conv2 0.99'],
  ]);
  for (const { layer, sparsity, accuracy, loss } of report.points) {
    const keep = [layer === 'conv1' ? 'conv2.bias' : 'conv1.bias'];
    const { model: pruned } = await pruneChannels(model, {
      ...{ keep, sparsity, importance: 'l1', minChannels: 1 },
    });
    const expected = await evaluate(writeModel(pruned), data, { split: 'validation' });
    expect(accuracy).toBe(expected.accuracy);
    expect(loss).toBeCloseTo(expected.loss, 6);
  }
  expect(report.title).toMatch(/^Sensitivity to pruning channels: accuracy/);
  expect(report.warnings.join()).toMatch(/'dense1' is left as it is/);
  expect((await report[displaySymbol]())['text/html']).toContain('Pruned channels of one layer');
});

test('kept groups are not scanned, bad shares and groups are refused', async () => {
  const { points } = await channelSensitivity(smallNet(), data, { sparsities: [0.5], keep: ['conv1'] });
  expect(points.map(({ layer }) => layer)).toEqual(['conv2']);
  await expect(channelSensitivity(smallNet(), data, { sparsities: [0] })).rejects.toThrow(/was 0/);
  await expect(channelSensitivity(smallNet(), data, { keep: ['x'] })).rejects.toThrow(/'x' fits none/);
  await expect(channelSensitivity(smallNet(), data, { keep: ['*'] })).rejects.toThrow(/No channel/);
});
