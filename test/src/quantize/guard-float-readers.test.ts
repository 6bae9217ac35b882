import { expect, test } from 'vitest';
import type { Model, Value } from '../../../src/ir/index.ts';
import { quantizeStatic } from '../../../src/quantize/index.ts';
import { targetOf } from '../../../src/targets/index.ts';
import { batches, build, decibels, run } from './build.ts';
import { described } from './described.ts';

const feeds = batches([8, 4, 6, 6]);
const channels = 8;
const size = (c: number) => 100 ** (c / (channels - 1));

interface Layer {
  readonly op: string;
  /** Of the weight; its output channels are along `axis`. */
  readonly shape: number[];
  readonly axis: number;
  readonly attributes?: Record<string, number>;
  /** Whether an int8 layer reads what this one reads, too. */
  readonly isShared?: boolean;
}

/**
 * An int8 convolution, then a layer whose weights span 1 to 100 from channel to channel (as MobileNetV1's depthwise ones
 * do with their batch normalization folded in), and an int8 one that evens its channels out again. onnxruntime's pass
 * looks at layers between DequantizeLinear and QuantizeLinear.
 */
const uneven = ({ op, shape, axis, attributes = {}, isShared }: Layer): Model =>
  build(({ b, weight }) => {
    const inputs = attributes.group ?? (axis === 1 ? shape[0]! : shape[1]!);
    const x = b.input('x', 'float32', ['N', 4, 6, 6]);
    const first = weight('first', [op === 'Gemm' ? 8 : inputs, 4, 1, 1]);
    let h: Value = b.op('Relu', [b.op('Conv', [x, first])]);
    if (op === 'Gemm') h = b.op('Flatten', [b.op('GlobalAveragePool', [h])]);
    const w = weight('w', shape);
    const each = axis === 1 ? 1 : w.tensor!.size / channels;
    (w.tensor!.data as Float32Array).forEach((v, i, all) => {
      all[i] = v * size(Math.floor(i / each) % channels);
    });
    const y = b.op('Relu', [b.op(op, [h, w, weight('bias', [channels])], attributes)]);
    const last = weight('last', op === 'Gemm' ? [channels, 4] : [4, channels, 1, 1]);
    (last.tensor!.data as Float32Array).forEach((v, i, all) => {
      all[i] = v / size(op === 'Gemm' ? Math.floor(i / 4) : i % channels);
    });
    y.producer!.input(0).name = 'uneven';
    b.output(b.op(op === 'Gemm' ? op : 'Conv', [y, last]), 'y');
    if (isShared) b.output(b.op('Conv', [h, weight('other', [4, inputs, 1, 1])]), 'z');
  });

const depthwise: Layer = { op: 'Conv', shape: [8, 1, 3, 3], axis: 0, attributes: { group: 8 } };
const excluded = { exclude: new Set(['uneven']) };

test.each<[string, Layer]>([
  ['a depthwise convolution', depthwise],
  ['a convolution whose input an int8 one reads, too', { ...depthwise, isShared: true }],
  ['a convolution of one channel', { op: 'Conv', shape: [8, 1, 3, 3], axis: 0 }],
  ['a transposed depthwise convolution', { ...depthwise, op: 'ConvTranspose' }],
  ['a matrix product', { op: 'Gemm', shape: [8, 8], axis: 1 }],
])('%s that stays float behind int8 keeps its float weights in onnxruntime', async (_, layer) => {
  const float = uneven(layer);
  const { model, report } = await described(quantizeStatic(float, feeds, excluded));
  expect(report.left.map(({ op }) => op)).toEqual([layer.op, 'Relu']);
  const [exact, here] = [await run(model, feeds[0]!), await run(model, feeds[0]!, { exact: false })];
  for (const name of float.graph.outputs.map((output) => output.name))
    expect(decibels(exact[name]!, here[name]!), name).toBeGreaterThan(45);
});

test('an operator set without a scale for each channel is upgraded', async () => {
  const float = uneven(depthwise);
  float.opsets.set('', 11);
  const { model } = await quantizeStatic(float, feeds, excluded);
  expect(model.opset).toBe(13);
  const here = await run(model, feeds[0]!, { exact: false });
  expect(decibels((await run(model, feeds[0]!)).y!, here.y!)).toBeGreaterThan(45);
});

test('other runtimes, which leave float weights alone, get one scale', async () => {
  const { model } = await quantizeStatic(uneven(depthwise), feeds, {
    ...excluded,
    target: targetOf('openvino'),
  });
  const activations = model.graph.nodes.filter(
    ({ opType, inputs }) => opType === 'DequantizeLinear' && inputs[0]!.producer,
  );
  expect(activations.length).toBeGreaterThan(0);
  for (const node of activations) expect(node.input(1).tensor!.size).toBe(1);
});
