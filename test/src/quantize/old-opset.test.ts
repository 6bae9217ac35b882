import { expect, test } from 'vitest';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { batches, decibels, lenet, run } from './build.ts';
import { described } from './described.ts';

/** The same nodes are valid in both sets. */
function old() {
  const model = lenet();
  model.opsets.set('', 11);
  return model;
}

test('a model of operator set 11 is quantized per channel, as the same model of a newer set is', async () => {
  const digits = batches([8, 1, 12, 12]);
  const model = old();
  const { model: upgraded, report } = await described(quantizeStatic(model, digits));
  expect(model.opset).toBe(11);
  expect(upgraded.opset).toBeGreaterThanOrEqual(13);
  const axes = upgraded.graph.nodes.filter(
    (node) => node.opType === 'DequantizeLinear' && node.input(1).shape?.length === 1,
  );
  expect(axes.length).toBeGreaterThanOrEqual(4);
  expect(report.tensors.find(({ name }) => name === 'c2w')).toMatchObject({ scales: 16 });
  const feeds = batches([64, 1, 12, 12], 1)[0]!;
  const [exact, rounded] = [await run(model, feeds), await run(upgraded, feeds)];
  expect(decibels(exact.scores!, rounded.scores!)).toBeGreaterThan(25);
  const { model: newer } = await quantizeStatic(lenet(), digits);
  expect([...rounded.scores!.bytes]).toEqual([...(await run(newer, feeds)).scores!.bytes]);
});
