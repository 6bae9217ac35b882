import { expect, test } from 'vitest';
import { Model, Tensor } from '../../../../../src/ir/index.ts';
import { createBuilder } from '../../../../../src/ops/index.ts';
import { fromChannels, toChannels } from '../../../../../src/quantize/schemes/grouped/channel-matrix.ts';
import { dequantizeGrouped } from '../../../../../src/quantize/schemes/grouped/grouped-weight.ts';
import {
  type IntegerFormat,
  integersOf,
} from '../../../../../src/quantize/schemes/grouped/integer-format.ts';
import { integerTensor, packBits, unpackIntegers } from '../../../../../src/quantize/schemes/grouped/pack.ts';
import { roundToNearest } from '../../../../../src/quantize/schemes/grouped/round-to-nearest.ts';
import { random } from '../../../../../src/random.ts';
import { run } from '../../build.ts';

test.each([
  ['int4', [-8, -1, 0, 7, 3]],
  ['uint4', [15, 0, 1, 8, 9]],
] as const)('onnxruntime reads the same integers from %s', async (dtype, integers) => {
  const tensor = integerTensor(dtype, integers, [5]);
  expect(tensor.bytes).toHaveLength(3);
  expect([...unpackIntegers(tensor)]).toEqual(integers);
  const b = createBuilder();
  b.output(b.op('Cast', [b.initializer('q', tensor)], { to: 6 }), 'y');
  expect((await run(new Model(b.graph), {})).y!.toNumbers()).toEqual(integers);
});

test('low bits of a byte come first', () => {
  expect([...packBits([1, 2, 3, -1, 1], 2)]).toEqual([0b11_11_10_01, 1]);
  expect([...packBits([-1, 5], 8)]).toEqual([255, 5]);
});

test('channels along any axis, there and back', () => {
  const values = Float32Array.from({ length: 24 }, (_, i) => i);
  for (const axis of [0, 1, 2]) {
    const matrix = toChannels(values, [2, 3, 4], axis);
    expect([matrix.channels, matrix.inputs]).toEqual(
      [
        [2, 12],
        [3, 8],
        [4, 6],
      ][axis],
    );
    expect(fromChannels(matrix.values, [2, 3, 4], axis)).toEqual(values);
  }
  expect([...toChannels(values, [2, 3, 4], 1).values.slice(8, 16)]).toEqual([4, 5, 6, 7, 16, 17, 18, 19]);
});

const formats: IntegerFormat[] = ([2, 3, 4, 8] as const).flatMap((bits) =>
  [true, false].flatMap((symmetric) => [
    { bits, symmetric },
    { bits, symmetric, group: 16 },
  ]),
);

test.each(formats)('format %j: no number is further than half a step from its integer', (format) => {
  const { normal } = random(5);
  const values = Float32Array.from({ length: 5 * 40 }, () => normal());
  const weight = roundToNearest({ channels: 5, inputs: 40, values }, format);
  const { min, max } = integersOf(format);
  const real = dequantizeGrouped(weight);
  expect(weight.groups).toBe(format.group ? 3 : 1);
  for (const [i, x] of values.entries()) {
    expect(weight.integers[i]).toBeGreaterThanOrEqual(min);
    expect(weight.integers[i]).toBeLessThanOrEqual(max);
    const scale = weight.scales[Math.floor(i / 40) * weight.groups + Math.floor((i % 40) / weight.group)]!;
    // A rounded zero point moves an end of the range by half a step more.
    expect(Math.abs(real[i]! - x)).toBeLessThanOrEqual(scale * (format.symmetric ? 0.5001 : 1.0001));
  }
});

test('zeros stay zeros, and have a scale that is a number', () => {
  const weight = roundToNearest(
    { channels: 1, inputs: 16, values: new Float32Array(16) },
    { bits: 4, symmetric: true },
  );
  expect([...weight.scales]).toEqual([1]);
  expect(dequantizeGrouped(weight)).toEqual(new Float32Array(16));
  expect(Tensor.of('float32', weight.scales).toNumbers().every(Number.isFinite)).toBe(true);
});
