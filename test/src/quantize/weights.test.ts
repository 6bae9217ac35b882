import { describe, expect, test } from 'vitest';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import {
  dequantizeConstant,
  quantizeBias,
  quantizeWeight,
  scalesForBias,
  weightRange,
  weightScales,
} from '../../../src/quantize/weights.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

const { normal } = random(2);
const weight = Tensor.of(
  'float32',
  Float32Array.from({ length: 6 * 5 * 7 }, (_, i) => normal() * 10 ** (i % 6)),
  [6, 5, 7],
);

describe.each([0, 1, 2, undefined])('along axis %s', (axis) => {
  test.each([false, true])('integers are those of onnxruntime, reduced range: %s', async (reduce) => {
    const integers = weightRange(reduce);
    const scales = weightScales(weight, axis, integers);
    const { tensor } = quantizeWeight(weight, scales, { axis, integers });
    const b = createBuilder();
    const s = b.initializer('s', Tensor.of('float32', scales, axis === undefined ? [] : [scales.length]));
    const zeros = Tensor.of('int8', new Int8Array(scales.length), axis === undefined ? [] : [scales.length]);
    const x = b.input('x', 'float32', weight.shape);
    b.output(b.op('QuantizeLinear', [x, s, b.initializer('z', zeros)], { axis }), 'q');
    const session = await InferenceSession.create(writeModel(new Model(b.graph)));
    const { q } = await session.run({ x: weight });
    await session.release();
    expect(tensor.toNumbers()).toEqual(q!.toNumbers());
    expect(Math.max(...tensor.toNumbers().map(Math.abs))).toBe(integers.max);
  });

  test('the round trip is at most half a step off', () => {
    const integers = weightRange(false);
    const scales = weightScales(weight, axis, integers);
    const back = dequantizeConstant(quantizeWeight(weight, scales, { axis, integers }));
    const step = (i: number) =>
      scales[axis === undefined ? 0 : [Math.floor(i / 35), Math.floor(i / 7) % 5, i % 7][axis]!]!;
    (weight.data as Float32Array).forEach((w, i) => {
      expect(Math.abs(w - back[i]!)).toBeLessThanOrEqual(step(i) * 0.50001);
    });
  });
});

test('a channel of zeros takes the scale of the largest one', () => {
  const pruned = Tensor.of('float32', [0, 0, 127, -1, 2, 1], [3, 2]);
  expect([...weightScales(pruned, 0, weightRange(false))]).toEqual([1, 1, Math.fround(2 / 127)]);
  expect([...weightScales(Tensor.of('float32', [0, 0]), undefined, weightRange(false))]).toEqual([
    Math.fround(1 / 127),
  ]);
});

test('a bias that would leave int32 raises the weight scale', () => {
  const bias = Float32Array.of(0.5, 1000);
  const scales = scalesForBias(Float32Array.of(1e-3, 1e-9), bias, 1e-2);
  expect(scales[0]).toBe(Math.fround(1e-3));
  expect(scales[1]).toBeGreaterThan(1e-9);
  const { tensor, scales: biasScales } = quantizeBias(bias, scales, 1e-2);
  tensor.toNumbers().forEach((q, i) => {
    expect(q * biasScales[i]!).toBeCloseTo(bias[i]!, 3);
    expect(Math.abs(q)).toBeLessThan(2 ** 31 - 1);
  });
});
