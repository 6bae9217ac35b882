import { describe, expect, test } from 'vitest';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { affineOf, roundHalfEven } from '../../../src/quantize/index.ts';
import {
  type ActivationType,
  type Affine,
  activationRanges,
  dequantize,
  quantize,
} from '../../../src/quantize/scale.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

/** What onnxruntime's QuantizeLinear and DequantizeLinear make of the numbers. */
async function oracle(x: Float32Array, { scale, zeroPoint }: Affine, dtype: ActivationType) {
  const b = createBuilder();
  const input = b.input('x', 'float32', [x.length]);
  const s = b.constant('float32', [scale], []);
  const z = b.constant(dtype, [zeroPoint], []);
  const q = b.output(b.op('QuantizeLinear', [input, s, z]), 'q');
  b.output(b.op('DequantizeLinear', [q, s, z]), 'y');
  const session = await InferenceSession.create(writeModel(new Model(b.graph)), { optimization: 'disabled' });
  const result = await session.run({ x: Tensor.of('float32', x) });
  await session.release();
  return { q: result.q!.toNumbers(), y: result.y!.toNumbers() };
}

function numbers(min: number, max: number, count = 5000): Float32Array {
  const { uniform } = random(5);
  return Float32Array.from({ length: count }, () => min + uniform() * (max - min));
}

test('rounds halves to even, as ONNX does and Math.round does not', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999, 2.5001].map(roundHalfEven)).toEqual([
    0, 2, 2, 0, -2, -2, 2, 3,
  ]);
  expect(
    [0.49999999999999994, -0.49999999999999994, 2 ** 31 - 0.5, -(2 ** 31) - 0.5].map(roundHalfEven),
  ).toEqual([0, 0, 2 ** 31, -(2 ** 31)]);
  expect([Number.NaN, Infinity, -Infinity].map(roundHalfEven)).toEqual([Number.NaN, Infinity, -Infinity]);
});

describe.each(['uint8', 'int8'] as const)('%s', (dtype) => {
  const integers = activationRanges[dtype];

  test.each([
    [-3.7, 11.2],
    [0, 6],
    [0.25, 1],
    [-8, -2],
    [-1e-4, 1e3],
  ])(
    'range %d to %d gives what onnxruntime gives, bit for bit, at most half a step off',
    async (min, max) => {
      const affine = affineOf({ min, max }, integers);
      const x = Float32Array.of(...numbers(min, max), ...numbers(min * 3 - 1, max * 3 + 1), min, max, 0);
      const { q, y } = await oracle(x, affine, dtype);
      expect(Array.from(x, (v) => quantize(v, affine, integers))).toEqual(q);
      expect(q.map((v) => dequantize(v, affine))).toEqual(y);
      const off = x.map((v, i) => (v >= min && v <= max ? Math.abs(v - y[i]!) : 0));
      expect(Math.max(...off)).toBeLessThanOrEqual(affine.scale * 0.50001);
      expect(dequantize(quantize(0, affine, integers), affine)).toBe(0);
    },
  );

  test('ties go to the even integer, as in onnxruntime', async () => {
    const affine = { scale: 0.5, zeroPoint: 3 };
    const x = Float32Array.from({ length: 41 }, (_, i) => (i - 20) * 0.25);
    const { q } = await oracle(x, affine, dtype);
    expect(Array.from(x, (v) => quantize(v, affine, integers))).toEqual(q);
  });

  test('a range without width has scale 1', () => {
    expect(affineOf({ min: 0, max: 0 }, integers)).toEqual({ scale: 1, zeroPoint: 0 });
    expect(affineOf({ min: 0, max: 1e-40 }, integers)).toEqual({ scale: 1, zeroPoint: 0 });
  });
});

test('the scale is a float32 of a quotient in float64', () => {
  const { scale, zeroPoint } = affineOf({ min: -1, max: 2 }, activationRanges.uint8);
  expect(scale).toBe(Math.fround(3 / 255));
  expect(zeroPoint).toBe(85);
});
