import { expect, test } from 'vitest';
import { float, type GraphBuilder, type Value } from '../../../../../src/ir/index.ts';
import { planOf } from '../../../../../src/quantize/index.ts';
import { collect } from '../../../../../src/quantize/repair/layers/layer-data.ts';
import { LayerMeter } from '../../../../../src/quantize/repair/layers/layer-error.ts';
import {
  fromColumns,
  perChannel,
  toColumns,
  weightedLayers,
} from '../../../../../src/quantize/repair/layers/weighted-layer.ts';
import { batches, build, type TestBuilder } from '../../build.ts';
import { encoded } from '../few-bits.ts';

type Write = (b: GraphBuilder, x: Value, weight: TestBuilder['weight']) => Value;

const conv =
  (weight: number[], attributes: Record<string, number | string | number[]> = {}): Write =>
  (b, x, make) =>
    b.op('Conv', [x, make('w', weight), make('bias', [weight[0]!])], attributes);

const layers: [string, number[], Write][] = [
  ['3x3', [3, 4, 7, 6], conv([5, 4, 3, 3])],
  ['stride and uneven pads', [3, 4, 7, 6], conv([5, 4, 3, 2], { strides: [2, 1], pads: [1, 0, 2, 1] })],
  ['dilation', [2, 4, 9, 9], conv([5, 4, 3, 3], { dilations: [2, 3], pads: [2, 2, 2, 2] })],
  ['same padding', [2, 4, 7, 7], conv([5, 4, 3, 3], { auto_pad: 'SAME_UPPER', strides: [2, 2] })],
  ['groups', [2, 6, 6, 6], conv([4, 3, 3, 3], { group: 2, pads: [1, 1, 1, 1] })],
  ['depthwise', [2, 6, 6, 6], conv([6, 1, 3, 3], { group: 6, pads: [1, 1, 1, 1] })],
  ['depthwise, two outputs a channel', [2, 3, 6, 6], conv([6, 1, 3, 3], { group: 3 })],
  ['1x1', [2, 6, 4, 4], conv([3, 6, 1, 1])],
  ['one spatial axis', [2, 4, 9], conv([3, 4, 3], { strides: [2] })],
  ['three spatial axes', [2, 2, 4, 5, 3], conv([3, 2, 2, 2, 2], { pads: [1, 0, 0, 0, 0, 1] })],
  ['Gemm', [6, 8], (b, x, make) => b.op('Gemm', [x, make('w', [8, 5]), make('bias', [5])])],
  [
    'Gemm, transposed weight',
    [6, 8],
    (b, x, make) => b.op('Gemm', [x, make('w', [5, 8]), make('bias', [5])], { transB: 1 }),
  ],
  ['MatMul of sequences', [2, 3, 8], (b, x, make) => b.op('MatMul', [x, make('w', [8, 5])])],
  ['Relu behind', [2, 4, 6, 6], (b, x, make) => b.op('Relu', [conv([5, 4, 3, 3])(b, x, make)])],
  ['Tanh behind', [2, 4, 6, 6], (b, x, make) => b.op('Tanh', [conv([5, 4, 3, 3])(b, x, make)])],
  [
    'Clip behind',
    [2, 4, 6, 6],
    (b, x, make) => b.op('Clip', [conv([5, 4, 3, 3])(b, x, make), b.scalar(0), b.scalar(0.5)]),
  ],
  [
    'LeakyRelu behind',
    [6, 8],
    (b, x, make) => b.op('LeakyRelu', [b.op('MatMul', [x, make('w', [8, 5])])], { alpha: float(0.25) }),
  ],
];

test.each(layers)('rows and targets of %s fit its float weights', async (_, shape, write) => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', ...shape.slice(1)]);
    b.output(write(b, x, weight), 'y');
  });
  const feeds = batches(shape);
  const { float, encodings } = await encoded(model, feeds);
  const [layer, ...more] = weightedLayers(planOf(float), float).layers;
  expect(more).toEqual([]);
  const data = await collect(layer!, { float, encodings, feeds, rows: 1000, seed: 1 });
  const samples = 3 * shape[0]!;
  expect(data.rows % samples).toBe(0);
  const bias = encodings.weights.get(layer!.name)!.bias;
  const meter = await LayerMeter.create(layer!, {
    ...{ data, rows: { from: 0, to: data.rows }, opset: float.opset },
    bias: bias && perChannel(layer!, bias),
  });
  const weights = toColumns(layer!, layer!.weight.data as Float32Array);
  const exact = await meter.errors(weights);
  const wrong = await meter.errors(weights.map((w, i) => (Math.floor(i / layer!.channels) % 2 ? w : -w)));
  await meter.release();
  expect(fromColumns(layer!, weights)).toStrictEqual(new Float32Array(layer!.weight.data as Float32Array));
  // The rows are of 8 bits: their noise is all there is.
  for (const [i, error] of exact.entries()) {
    expect(error).toBeLessThan(1e-3);
    expect(wrong[i]! / error).toBeGreaterThan(50);
  }
});

test('places are sampled evenly from all samples, up to the rows that are wanted', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 2, 8, 8]);
    b.output(conv([3, 2, 3, 3])(b, x, weight), 'y');
  });
  const feeds = batches([4, 2, 8, 8]);
  const { float, encodings } = await encoded(model, feeds);
  const layer = weightedLayers(planOf(float), float).layers[0]!;
  const rows = async (wanted: number, seed: number) =>
    collect(layer, { float, encodings, feeds, rows: wanted, seed });
  const [a, b, other, all] = [await rows(60, 1), await rows(60, 1), await rows(60, 2), await rows(1e6, 1)];
  expect(a.rows).toBe(12 * 5);
  expect(a.input.shape).toEqual([1, 60, 18]);
  expect(a.target.shape).toEqual([1, 60, 3]);
  expect(b.input.bytes).toStrictEqual(a.input.bytes);
  expect(other.input.bytes).not.toStrictEqual(a.input.bytes);
  expect(all.rows).toBe(12 * 36);
});

test('says why a weighted node is no layer', async () => {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', [2, 3, 4]);
    b.output(b.op('MatMul', [x, weight('w', [2, 4, 5])]), 'y');
  });
  const { float } = await encoded(model, batches([2, 3, 4]));
  const { layers, left } = weightedLayers(planOf(float), float);
  expect(layers).toEqual([]);
  expect([...left]).toEqual([[expect.any(String), 'its weight has 3 dimensions, not 2']]);
});
