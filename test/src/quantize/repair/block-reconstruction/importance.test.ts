import { expect, test } from 'vitest';
import { Tensor } from '../../../../../src/ir/index.ts';
import { prepare } from '../../../../../src/quantize/index.ts';
import { importanceOf } from '../../../../../src/quantize/repair/block-reconstruction/importance.ts';
import { random } from '../../../../../src/random.ts';
import { build } from '../../build.ts';

const [samples, features, classes] = [256, 6, 3];
const { normal } = random(7);
const row = Float32Array.from({ length: features }, normal);
const w = Float32Array.from({ length: features * classes }, normal);
const repeated = Float32Array.from({ length: samples * features }, (_, i) => row[i % features]!);
const feeds = Array.from({ length: 4 }, () => ({
  x: Tensor.of('float32', repeated, [samples, features]),
}));
const options = { feeds, seed: 1, signal: undefined };

test('the importance of a value before a linear classifier is W (diag p - p p^T) W^T', async () => {
  const float = prepare(
    build(({ b }) => {
      const h = b.op('Relu', [b.op('Exp', [b.input('x', 'float32', ['N', features])])]);
      b.output(h, 'h');
      b.output(b.op('MatMul', [h, b.initializer('w', Tensor.of('float32', w, [features, classes]))]), 'y');
    }),
  );
  float.graph.outputs.shift();
  const importance = await importanceOf(float, 'h', options);
  expect(importance.shape).toEqual([4 * samples, features]);
  const scores = Array.from({ length: classes }, (_, k) =>
    row.reduce((sum, x, j) => sum + Math.exp(x) * w[j * classes + k]!, 0),
  );
  const powers = scores.map((s) => Math.exp(s - Math.max(...scores)));
  const total = powers.reduce((a, b) => a + b);
  const p = powers.map((x) => x / total);
  const expected = Array.from({ length: features }, (_, j) => {
    const weights = p.map((_, k) => w[j * classes + k]!);
    const mean = weights.reduce((sum, x, k) => sum + p[k]! * x, 0);
    return weights.reduce((sum, x, k) => sum + p[k]! * (x - mean) ** 2, 0);
  });
  const scale = features / expected.reduce((a, b) => a + b);
  const found = Array.from({ length: features }, (_, j) => {
    let sum = 0;
    for (let i = j; i < importance.size; i += features) sum += Number(importance.data[i]);
    return sum / (4 * samples);
  });
  for (const [j, x] of found.entries()) expect(Math.abs(x / (scale * expected[j]!) - 1)).toBeLessThan(0.1);
  expect(found.reduce((a, b) => a + b) / features).toBeCloseTo(1, 4);
});

test('what no output depends on counts the same everywhere', async () => {
  const float = prepare(
    build(({ b }) => {
      const x = b.input('x', 'float32', ['N', features]);
      const constant = b.op('Mul', [b.op('Relu', [x]), b.scalar(0)]);
      b.output(b.op('MatMul', [constant, b.initializer('w', Tensor.of('float32', w, [features, classes]))]));
    }),
  );
  const name = float.graph.nodes.find(({ opType }) => opType === 'Relu')!.output().name;
  const importance = await importanceOf(float, name, options);
  expect(new Set(importance.toNumbers())).toEqual(new Set([1]));
});
