import { expect, test } from 'vitest';
import { minMax } from '../../../../src/quantize/index.ts';

test('keeps the extremes of all batches', () => {
  const observer = minMax('x');
  observer.observe(Float32Array.of(1, -2));
  observer.observe(Float32Array.of(5, 0));
  expect(observer.range()).toEqual({ min: -2, max: 5 });
});

test.each([Number.NaN, Infinity, -Infinity])('refuses %d and names the value', (bad) => {
  expect(() => minMax('relu_3').observe(Float32Array.of(0, bad))).toThrow(
    `Value 'relu_3' must be finite on the calibration data, was ${bad}`,
  );
});
