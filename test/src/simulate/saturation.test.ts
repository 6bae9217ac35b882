import { expect, test } from 'vitest';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { observeSaturation, simulate, suggestReducedRange } from '../../../src/simulate/index.ts';
import { batches, build, lenet } from '../quantize/build.ts';

const digits = batches([4, 1, 12, 12]);

/** First a layer of large sums of one sign, then one of small ones. */
const twoLayers = () =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 32]);
    const first = b.op('Gemm', [x, weight('w1', [32, 16], 1)], {});
    b.output(b.op('Relu', [first]), 'y');
  });

test('layers that saturate are found by name, with the loss that the AVX2 kernels really have', async () => {
  const { model } = await quantizeStatic(twoLayers(), batches([16, 32]));
  const report = await observeSaturation(model, batches([16, 32]));
  const node = model.graph.nodes.find(({ opType }) => opType === 'Gemm')!;
  expect(report.layers).toMatchObject([{ node: node.name, op: 'Gemm', output: node.output().name }]);
  const [layer] = report.layers;
  expect(layer!.pairs).toBeGreaterThan(0);
  expect(layer!.sums).toBeGreaterThan(layer!.pairs);
  // The same loss, seen at the output.
  const feeds = batches([16, 32])[0]!;
  const [exact, cut] = await Promise.all(
    ['vnni', 'avx2'].map(async (cpu) => (await simulate(model, feeds, { cpu })).y!.data as Float32Array),
  );
  expect(exact).not.toEqual(cut);
  expect(layer!.sqnr).toBeLessThan(60);
});

test('7-bit weights never saturate, so that nothing is suggested for them', async () => {
  const { model } = await quantizeStatic(lenet(), digits, { reduceRange: true });
  const report = await observeSaturation(model, digits);
  expect(report.layers.map(({ op }) => op)).toEqual(['Conv', 'Conv', 'Gemm', 'Gemm']);
  expect(report.layers.every(({ pairs, sqnr }) => pairs === 0 && sqnr === Infinity)).toBe(true);
  expect(suggestReducedRange(report)).toEqual([]);
  expect(report.title).toBe('0 of 4 layers saturate on x86 without VNNI, over 3 batches');
});

test('only layers that lose more than 7-bit weights would are suggested', async () => {
  const { model } = await quantizeStatic(lenet(), digits);
  const report = await observeSaturation(model, digits);
  const losses = report.layers.map(({ sqnr }) => sqnr);
  const limit = Math.min(...losses) + 1e-6;
  expect(suggestReducedRange(report, { belowSqnr: limit })).toHaveLength(1);
  expect(suggestReducedRange(report, { belowSqnr: Math.min(...losses) })).toEqual([]);
  expect(suggestReducedRange(report, { belowSqnr: Infinity })).toHaveLength(
    losses.filter((loss) => loss < Infinity).length,
  );
});

test('stops when it is told to', async () => {
  const { model } = await quantizeStatic(lenet(), digits);
  const signal = AbortSignal.abort();
  await expect(observeSaturation(model, digits, { signal })).rejects.toThrow('aborted');
});
