import { describe, expect, test } from 'vitest';
import { type Model, Tensor, type Value } from '../../../../src/ir/index.ts';
import { extract } from '../../../../src/passes/index.ts';
import { quantizeStatic } from '../../../../src/quantize/index.ts';
import { smoothActivations } from '../../../../src/quantize/repair/index.ts';
import { batches, build, run, type TestBuilder } from '../build.ts';
import { described } from '../described.ts';
import { imageBatches, largestDifference, unevenNet } from './nets.ts';

const tokens = batches([2, 10, 16], 4);

/** A constant for each of 16 channels of which two are outliers. */
const outliers = ({ b, weight }: TestBuilder, name: string): Value => {
  const value = weight(name, [16], 1);
  const data = (value.tensor!.data as Float32Array).map(
    (x, i) => (i === 3 || i === 11 ? 60 : 1) * (1 + 0.2 * x),
  );
  value.tensor = Tensor.of('float32', data, [16]);
  return b.graph.addInitializer(value);
};
const linear = ({ b, weight }: TestBuilder, x: Value, name: string) =>
  b.op('MatMul', [x, weight(name, [16, 8])]);

const net = (write: (t: TestBuilder, x: Value) => unknown): Model =>
  build((t) => {
    write(t, t.b.input('x', 'float32', [2, 10, 16]));
  });
const normed = (t: TestBuilder, x: Value) =>
  t.b.op('LayerNormalization', [x, outliers(t, 'gamma'), t.weight('beta', [16])]);

const foldable: [string, Model][] = [
  ['LayerNormalization', net((t, x) => t.b.output(linear(t, normed(t, x), 'w'), 'y'))],
  [
    'LayerNormalization, read by three layers',
    net((t, x) => {
      const value = normed(t, x);
      const [q, k, v] = ['q', 'k', 'v'].map((name) => linear(t, value, name)) as [Value, Value, Value];
      t.b.output(t.b.op('Add', [t.b.op('Mul', [q, k]), v]), 'y');
    }),
  ],
  [
    'Mul and Add',
    net((t, x) => {
      const value = t.b.op('Add', [t.b.op('Mul', [x, outliers(t, 'm')]), t.weight('a', [16])]);
      t.b.output(linear(t, value, 'w'), 'y');
    }),
  ],
  [
    'Div',
    net((t, x) => {
      const divisor = t.b.constant(
        'float32',
        Float32Array.from({ length: 16 }, (_, i) => (i === 3 ? 0.02 : 1)),
      );
      t.b.output(linear(t, t.b.op('Div', [x, divisor]), 'w'), 'y');
    }),
  ],
  [
    'a MatMul, its bias and Relu',
    net((t, x) => {
      const first = t.weight('w0', [16, 16]);
      first.tensor = Tensor.of(
        'float32',
        (first.tensor!.data as Float32Array).map((w, i) => (i % 16 === 3 ? 40 * w : w)),
        [16, 16],
      );
      const hidden = t.b.op('Relu', [t.b.op('Add', [t.b.op('MatMul', [x, first]), t.weight('b0', [16])])]);
      t.b.output(linear(t, hidden, 'w'), 'y');
    }),
  ],
  [
    'a Gemm',
    net((t, x) => {
      const flat = t.b.op('Reshape', [x, t.b.int64s([20, 16])]);
      const first = t.weight('w0', [16, 16]);
      first.tensor = Tensor.of(
        'float32',
        (first.tensor!.data as Float32Array).map((w, i) => (i < 16 ? 40 * w : w)),
        [16, 16],
      );
      const hidden = t.b.op('Relu', [t.b.op('Gemm', [flat, first, t.weight('b0', [16])], { transB: 1 })]);
      t.b.output(t.b.op('Gemm', [hidden, t.weight('w', [16, 8])]), 'y');
    }),
  ],
];

describe('factors go into what comes before, the function stays the same, and int8 loses less', () => {
  test.each(foldable)('%s', async (_name, model) => {
    const { model: smooth, report } = await smoothActivations(model, { calibration: tokens });
    const row = report.rows.find(({ alpha }) => alpha !== undefined)!;
    expect(row.after).toBeGreaterThan(Number(row.before) + 3);
    expect(smooth.graph.nodes.length).toBe(model.graph.nodes.length);
    for (const feeds of tokens)
      expect(largestDifference(await run(model, feeds), await run(smooth, feeds))).toBeLessThan(1e-5);
    const sqnr = async (of: Model) => (await described(quantizeStatic(of, tokens))).report.outputs[0]!.sqnr;
    const [before, after] = [await sqnr(model), await sqnr(smooth)];
    expect(after).toBeGreaterThan(before + 0.2);
  });
});

const refused: [string, Model, string][] = [
  [
    'a second reader',
    net((t, x) => {
      const value = normed(t, x);
      t.b.output(t.b.op('ReduceSum', [value]), 'sum');
      t.b.output(linear(t, value, 'w'), 'y');
    }),
    'reads it as well',
  ],
  [
    'an output of the model',
    net((t, x) => {
      const value = normed(t, x);
      t.b.output(linear(t, value, 'w'), 'y');
      t.b.output(value, 'z');
    }),
    'is an output of the model',
  ],
  [
    'Gelu',
    net((t, x) => t.b.output(linear(t, t.b.op('Gelu', [t.b.op('Mul', [x, outliers(t, 'm')])]), 'w'), 'y')),
    'takes no factors',
  ],
];

test.each(refused)('%s keeps a value as it is, and the report says why', async (_name, model, reason) => {
  const { model: same, report } = await smoothActivations(model, { calibration: tokens });
  expect(report.rows[0]!.note).toContain(reason);
  expect(largestDifference(await run(model, tokens[0]!), await run(same, tokens[0]!))).toBe(0);
});

test('a Mul is put behind Gelu if asked for, and what must stay float is named', async () => {
  const model = refused[2]![1];
  const {
    model: smooth,
    report,
    exclude,
  } = await smoothActivations(model, { calibration: tokens, insert: true });
  expect(report.rows[0]!.note).toContain('a Mul was added');
  expect(smooth.graph.nodes.map(({ opType }) => opType)).toEqual(['Mul', 'Gelu', 'Mul', 'MatMul']);
  expect(largestDifference(await run(model, tokens[0]!), await run(smooth, tokens[0]!))).toBeLessThan(1e-5);
  const without = (await described(quantizeStatic(model, tokens))).report.outputs[0]!.sqnr;
  const kept = (await described(quantizeStatic(smooth, tokens, { exclude: exclude! }))).report.outputs[0]!
    .sqnr;
  expect(kept).toBeGreaterThan(without + 1);
});

test('convolutions take part if asked for', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [2, 3, 8, 8]);
    const first = weight('w0', [6, 3, 3, 3]);
    first.tensor = Tensor.of(
      'float32',
      (first.tensor!.data as Float32Array).map((w, i) => (i < 27 ? 50 * w : w)),
      [6, 3, 3, 3],
    );
    const hidden = b.op('Relu', [b.op('Conv', [x, first, weight('b0', [6])])]);
    b.output(b.op('Conv', [hidden, weight('w1', [4, 6, 3, 3])], { pads: [1, 1, 1, 1] }), 'y');
  });
  const calibration = batches([2, 3, 8, 8]);
  expect((await smoothActivations(model, { calibration })).report.rows).toEqual([]);
  const { model: smooth, report } = await smoothActivations(model, { calibration, convolutions: true });
  expect(report.rows.some(({ alpha }) => alpha !== undefined)).toBe(true);
  expect(
    largestDifference(await run(model, calibration[0]!), await run(smooth, calibration[0]!)),
  ).toBeLessThan(1e-5);
});

test('the first block of a tiny ViT with outlier channels gains, and its float function stays', async () => {
  const vit = await unevenNet('vit_tiny', { width: 0.34 });
  const model = extract(vit, { outputs: ['blocks.0.mlp.fc1'] });
  const gammas = [...model.graph.initializers.values()].filter(({ name }) => /norm\d\.weight$/.test(name));
  expect(gammas).toHaveLength(2);
  for (const gamma of gammas) {
    const data = (gamma.tensor!.data as Float32Array).map((x, i) => (i % 29 === 3 ? 30 * x : x));
    gamma.tensor = Tensor.of('float32', data, gamma.tensor!.shape);
  }
  const calibration = imageBatches(model, { batches: 1, size: 2 });
  const { model: smooth, report } = await smoothActivations(model, { calibration });
  expect(report.rows.filter(({ alpha }) => alpha !== undefined).length).toBe(2);
  expect(
    largestDifference(await run(model, calibration[0]!), await run(smooth, calibration[0]!)),
  ).toBeLessThan(1e-5);
  const sqnr = async (of: Model) =>
    (await described(quantizeStatic(of, calibration))).report.outputs[0]!.sqnr;
  const [before, after] = [await sqnr(model), await sqnr(smooth)];
  expect(after).toBeGreaterThan(before + 0.2);
});
