import { expect, test } from 'vitest';
import { Tensor, type Value } from '../../../src/ir/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { random } from '../../../src/random.ts';
import { build, decibels, run } from './build.ts';
import { described } from './described.ts';

/** Rows of very different sizes: one scale for all variances makes 0 of those of small rows. */
const { normal } = random(1);
const x = Tensor.of(
  'float32',
  Float32Array.from({ length: 8 * 16 }, (_, i) => normal() * (i < 16 ? 10 : 0.1)),
  [8, 16],
);

test('a normalization in elementary operators keeps its statistics float, and no quotient is infinite', async () => {
  const float = build(({ b, weight }) => {
    const mean = (value: Value): Value => b.op('ReduceMean', [value, b.int64s([-1])], { keepdims: 1 });
    const input = b.input('x', 'float32', ['N', 16]);
    const hidden = b.op('Add', [input, b.op('Relu', [input])]);
    const centred = b.op('Sub', [hidden, mean(hidden)]);
    const variance = mean(b.op('Mul', [centred, centred]));
    const root = b.op('Sqrt', [b.op('Add', [variance, b.scalar(1e-6)])]);
    b.output(b.op('Gemm', [b.op('Div', [centred, root]), weight('w', [16, 4])]), 'y');
  });
  const { model, report } = await described(quantizeStatic(float, [{ x }]));
  const kept = report.left.filter(({ reason }) => /divided by/.test(reason)).map(({ op }) => op);
  expect(kept).toEqual(['Sub', 'Mul', 'ReduceMean', 'Add']);
  const y = (await run(model, { x })).y!;
  expect((y.data as Float32Array).every((value) => Number.isFinite(value))).toBe(true);
  expect(decibels((await run(float, { x })).y!, y)).toBeGreaterThan(10);
});

test('a numerator and a sum that is not divided by are int8', async () => {
  const float = build(({ b, weight }) => {
    const hidden = b.op('Gemm', [b.input('x', 'float32', ['N', 16]), weight('w', [16, 4])]);
    const sum = b.op('Add', [hidden, b.scalar(1)]);
    b.output(b.op('Gemm', [b.op('Div', [sum, b.scalar(2)]), weight('v', [4, 2])]), 'y');
  });
  const { report } = await described(quantizeStatic(float, [{ x }]));
  expect(report.left.map(({ op }) => op)).toEqual(['Div']);
});
