import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../src/ir/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import type { FloatRepair } from '../../../src/quantize/repair/index.ts';
import { Report } from '../../../src/report.ts';
import { observeSaturation, SaturationReport, saturatedLayers } from '../../../src/simulate/index.ts';
import { targetOf } from '../../../src/targets/index.ts';
import { batches, build, lenet } from './build.ts';
import { described } from './described.ts';

/** One layer of large weights of one sign, whose sums saturate, and one whose few large weights stand alone. */
const twoLayers = () =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 32]);
    const ones = b.initializer('w1', Tensor.of('float32', new Float32Array(32 * 16).fill(1), [32, 16]));
    const first = b.op('Relu', [b.op('Gemm', [x, ones])]);
    const w2 = weight('w2', [16, 8], 0.01);
    (w2.tensor!.data as Float32Array).set([1, 1, 1, 1, 1, 1, 1, 1]);
    b.output(b.op('Gemm', [first, w2]), 'y');
  });

const feeds = batches([32, 32]);

const largest = ({ encodings }: Awaited<ReturnType<typeof quantizeStatic>>) =>
  [...encodings.weights.values()].map(({ weight }) =>
    Math.max(...Array.from(weight.tensor.data as Int8Array, Math.abs)),
  );

describe('reduceRange observed', () => {
  test('narrows the layers that saturate alone, and says so', async () => {
    const result = await quantizeStatic(twoLayers(), feeds, {
      reduceRange: 'observed',
      saturation: saturatedLayers,
    });
    expect(largest(result)).toEqual([64, 127]);
    expect(result.reports[0]).toBeInstanceOf(SaturationReport);
    expect((await result.describe()).warnings[0]).toMatch(
      /^7-bit weights in 1 of 2 layers, .*saturate.*: Gemm/,
    );
    const { layers } = await observeSaturation(result.model, feeds.slice(0, 1));
    expect(layers.every(({ sqnr }) => sqnr >= 40)).toBe(true);
  });

  test('is what the target without VNNI gets, all layers if nobody observes', async () => {
    const target = targetOf('ort-cpu-avx2');
    const observed = await quantizeStatic(twoLayers(), feeds, { target, saturation: saturatedLayers });
    expect(largest(observed)).toEqual([64, 127]);
    expect(largest(await quantizeStatic(twoLayers(), feeds, { target }))).toEqual([64, 64]);
    const wide = { target, reduceRange: false, saturation: saturatedLayers };
    expect(largest(await quantizeStatic(twoLayers(), feeds, wide))).toEqual([127, 127]);
  });

  test('does nothing where nothing can saturate', async () => {
    const options = { reduceRange: 'observed', saturation: saturatedLayers } as const;
    const result = await quantizeStatic(twoLayers(), feeds, { ...options, weightBits: 4 });
    expect(largest(result)).toEqual([7, 7]);
    expect(result.reports).toEqual([]);
  });

  test('needs someone who observes', async () => {
    await expect(quantizeStatic(twoLayers(), feeds, { reduceRange: 'observed' })).rejects.toThrow(
      /option saturation must say.*is missing/,
    );
  });
});

/** Doubles what the model computes, and wants its last layer float. */
const doubling: FloatRepair = {
  stage: 'float',
  name: 'doubling',
  summary: '',
  run: async (model) => {
    const copy = model.clone();
    // Clones share their tensors.
    const weight = copy.graph.initializers.get('c1w')!;
    const { data, shape } = weight.tensor!;
    weight.tensor = Tensor.of(
      'float32',
      (data as Float32Array).map((w) => 2 * w),
      shape,
    );
    const exclude = new Set([copy.graph.nodes.at(-1)!.output().name]);
    return { model: copy, report: new Report({ title: 'doubled', columns: [], rows: [] }), exclude };
  },
};

test('what a repair of the float model excludes stays float, and noise is that beside the first model', async () => {
  const digits = batches([16, 1, 12, 12]);
  const { report, plan } = await described(quantizeStatic(lenet(), digits, { repairs: [doubling] }));
  expect(plan.exclude).toEqual(new Set(['scores']));
  expect(report.left).toMatchObject([{ op: 'Gemm', reason: 'it was excluded' }]);
  // The repair broke the function: of the inner values the noise is that of rounding, of the output it is all.
  expect(report.outputs[0]!.sqnr).toBeLessThan(15);
  expect(
    report.tensors.find(({ kind, name }) => kind === 'activation' && name !== 'x')!.sqnr,
  ).toBeGreaterThan(30);
});
