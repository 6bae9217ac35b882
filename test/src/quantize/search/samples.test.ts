import { expect, test } from 'vitest';
import { Dataset } from '../../../../src/data/index.ts';
import { ModelError } from '../../../../src/errors.ts';
import type { Model } from '../../../../src/ir/index.ts';
import { fixShapes } from '../../../../src/passes/index.ts';
import { halvesOf, splitSamples } from '../../../../src/quantize/search/index.ts';
import { build } from '../build.ts';

const data = new Dataset({
  name: 'ten',
  sampleShape: [2],
  classNames: ['a', 'b'],
  normalization: { mean: [0], std: [1], scale: 1 },
  splits: {
    test: {
      images: Float32Array.from({ length: 20 }, (_, i) => i),
      labels: Uint8Array.from({ length: 10 }, (_, i) => i % 2),
    },
  },
});

const net = (inputs: readonly string[]): Model =>
  build(({ b, weight }) => {
    const [x, ...more] = inputs.map((name) => b.input(name, 'float32', ['N', 2]));
    const sum = more.reduce((left, right) => b.op('Add', [left, right]), x!);
    b.output(b.op('MatMul', [sum, weight('w', [2, 2])]), 'y');
  });

test('halves have all samples between them, and none in common', () => {
  const { search, report } = halvesOf(data, 'test', 1);
  const firsts = (half: Dataset) =>
    Array.from(half.images('test') as Float32Array).filter((_, i) => i % 2 === 0);
  expect([...firsts(search), ...firsts(report)].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 10 }, (_, i) => 2 * i),
  );
});

test.each([
  [undefined, [10]],
  [4, [4, 4]],
  [16, []],
])('with a batch of %s the samples that are counted are those that come', async (batch, sizes) => {
  const model = batch ? fixShapes(net(['x']), { dims: { N: batch } }) : net(['x']);
  const samples = splitSamples(model, data, 'test');
  const seen: number[] = [];
  for await (const { feeds, labels } of samples.batches()) {
    seen.push(feeds.x!.shape[0]!);
    expect(labels).toHaveLength(feeds.x!.shape[0]!);
  }
  expect(seen).toEqual(sizes);
  expect(samples.count).toBe(sizes.reduce((sum, size) => sum + size, 0));
});

test('a model with two inputs is refused, and so is one with none', () => {
  expect(() => splitSamples(net(['x', 'z']), data, 'test')).toThrow(/must have one input, has x: .*, z: /);
  const none = build(({ b, weight }) =>
    b.output(b.op('MatMul', [weight('a', [2, 2]), weight('w', [2, 2])]), 'y'),
  );
  expect(() => splitSamples(none, data, 'test')).toThrow(ModelError);
});
