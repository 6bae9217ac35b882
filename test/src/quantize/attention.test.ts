import { expect, test } from 'vitest';
import type { Value } from '../../../src/ir/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { batches, build, decibels, run } from './build.ts';

/** Self attention of 4 heads over x [1, 16, 32], as exporters write it. */
const attention = () =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', [1, 16, 32]);
    const linear = (value: Value, name: string) =>
      b.op('Add', [b.op('MatMul', [value, weight(name, [32, 32])]), weight(`${name}.bias`, [32])]);
    const heads = (value: Value, perm: number[]) =>
      b.op('Transpose', [b.op('Reshape', [value, b.int64s([1, 16, 4, 8])])], { perm });
    const query = heads(linear(x, 'query'), [0, 2, 1, 3]);
    const key = b.op('Transpose', [heads(linear(x, 'key'), [0, 2, 1, 3])], { perm: [0, 1, 3, 2] });
    const value = heads(linear(x, 'value'), [0, 2, 1, 3]);
    const scores = b.op('Div', [b.op('MatMul', [query, key]), b.scalar(Math.sqrt(8))]);
    const mixed = b.op('MatMul', [b.op('Softmax', [scores], { axis: -1 }), value]);
    const joined = b.op('Reshape', [
      b.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }),
      b.int64s([1, 16, 32]),
    ]);
    b.output(b.op('Add', [x, linear(joined, 'out')]), 'y');
  });

test('an attention block is quantized, and onnxruntime runs the result', async () => {
  const float = attention();
  const feeds = batches([1, 16, 32]);
  const { model } = await quantizeStatic(float, feeds);
  const [exact, rounded] = [await run(float, feeds[0]!), await run(model, feeds[0]!, { exact: false })];
  expect(decibels(exact.y!, rounded.y!)).toBeGreaterThan(20);
});

/** Softmax over `length` scores that are nearly equal, as a small attention head has them: each output about 1 / length. */
const flatSoftmax = (length: number) =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', [4, 32]);
    const scores = b.op('MatMul', [x, weight('w', [32, length], 0.01)]);
    const shares = b.op('Softmax', [scores], { axis: -1 });
    b.output(b.op('MatMul', [shares, weight('v', [length, 8], 1)]), 'y');
  });

test.each(['uint8', 'int8'] as const)(
  'Softmax is quantized by 1/256 in %s, however small its outputs',
  async (activations) => {
    const feeds = batches([4, 32]);
    const { model, encodings } = await quantizeStatic(flatSoftmax(64), feeds, { activations });
    const softmax = model.graph.nodes.find(({ opType }) => opType === 'Softmax')!;
    expect(encodings.activations.get(softmax.output().name)).toMatchObject({
      scale: 1 / 256,
      zeroPoint: activations === 'uint8' ? 0 : -128,
    });
    const [fused, exact] = [await run(model, feeds[0]!, { exact: false }), await run(model, feeds[0]!)];
    expect(decibels(exact.y!, fused.y!)).toBeGreaterThan(20);
  },
);
