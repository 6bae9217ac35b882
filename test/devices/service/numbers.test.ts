import { expect, test } from 'vitest';
import { numbersOf } from '../../../devices/service/numbers.ts';
import { Tensor } from '../../../src/ir/index.ts';

test('halves are read as IEEE 754 writes them', () => {
  // 1, -2, the largest, the smallest above 0, a third, 0, -0, infinities, no number (Wikipedia, Half-precision format).
  const bits = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x3555, 0, 0x8000, 0x7c00, 0xfc00, 0x7e00];
  const tensor = Tensor.of('float16', Uint16Array.from(bits));
  expect(Array.from(numbersOf(tensor))).toEqual([
    ...[1, -2, 65504, 2 ** -24, 0.333251953125, 0, -0, Infinity, -Infinity, NaN],
  ]);
});

test('bfloat16 is the upper half of a float32', () => {
  const numbers = [1, -2.5, 0, 3.140625, Infinity];
  const bits = new Uint16Array(new Float32Array(numbers).buffer).filter((_, i) => i % 2 === 1);
  expect(Array.from(numbersOf(Tensor.of('bfloat16', bits)))).toEqual(numbers);
});

test('others are as they are', () => {
  expect(numbersOf(Tensor.of('int64', [5]))).toEqual(BigInt64Array.of(5n));
});
