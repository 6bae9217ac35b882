import { expect, test } from 'vitest';
import { type IntegerRange, mseRange, type Range } from '../../../../src/quantize/index.ts';
import { affineOf, dequantize, quantize, symmetricAffineOf } from '../../../../src/quantize/scale.ts';
import { random } from '../../../../src/random.ts';

const rangeOf = (data: Float32Array, options: Parameters<typeof mseRange>[0]): Range => {
  const observer = mseRange(options)('x');
  observer.observe(data);
  return observer.range();
};

/** Squared error of the round trip, number by number; that of numbers beyond half a step outside counts three times. */
function errorOf(data: Float32Array, range: Range, integers: IntegerRange, affine = affineOf): number {
  const to = affine(range, integers);
  const [low, high] = [integers.min - 0.5, integers.max + 0.5].map((q) => (q - to.zeroPoint) * to.scale);
  return data.reduce((sum, x) => {
    const weight = x < low! || x > high! ? 3 : 1;
    return sum + weight * (x - dequantize(quantize(x, to, integers), to)) ** 2;
  }, 0);
}

/** The lowest error of a grid of ranges. */
function bruteForce(data: Float32Array, integers: IntegerRange): number {
  const [least, most] = [Math.min(0, ...data), Math.max(0, ...data)];
  const parts = Array.from({ length: 60 }, (_, i) => (i + 1) / 60);
  const both = least < 0 ? parts : [1];
  return Math.min(
    ...both.flatMap((a) => parts.map((b) => errorOf(data, { min: least * a, max: most * b }, integers))),
  );
}

const shapes: Record<string, (r: ReturnType<typeof random>) => number> = {
  normal: ({ normal }) => normal(),
  'long tails': ({ normal }) => normal() ** 3,
  'after a Relu': ({ normal }) => Math.max(0, normal()),
  skewed: ({ normal, uniform }) => (uniform() < 0.5 ? 5 * normal() ** 2 : 0.3 * -Math.abs(normal())),
};

test.each(Object.entries(shapes).flatMap(([name, draw]) => [2, 4, 8].map((bits) => ({ name, draw, bits }))))(
  '$name in $bits bits: as good as brute force over both ends',
  ({ draw, bits }) => {
    const source = random(bits);
    const data = Float32Array.from({ length: 800 }, () => draw(source));
    const integers = { min: 0, max: 2 ** bits - 1 };
    const range = rangeOf(data, { integers });
    const found = errorOf(data, range, integers);
    expect(found).toBeLessThanOrEqual(1.02 * bruteForce(data, integers));
    const full = { min: Math.min(...data), max: Math.max(...data) };
    expect(found).toBeLessThanOrEqual(errorOf(data, full, integers) * (1 + 1e-6));
  },
);

test('symmetric: no other threshold has a lower error', () => {
  const { normal } = random(9);
  const data = Float32Array.from({ length: 800 }, () => normal() ** 3);
  const integers = { min: -8, max: 7 };
  const { min, max } = rangeOf(data, { integers, symmetric: true });
  expect(min).toBe(-max);
  const most = Math.max(...data.map(Math.abs));
  const others = Array.from({ length: 200 }, (_, i) => {
    const t = (most * (i + 1)) / 200;
    return errorOf(data, { min: -t, max: t }, integers, symmetricAffineOf);
  });
  expect(errorOf(data, { min, max }, integers, symmetricAffineOf)).toBeLessThanOrEqual(
    1.01 * Math.min(...others),
  );
});

test('clips what is rare only where integers are few', () => {
  const { normal } = random(4);
  const data = Float32Array.from({ length: 65537 }, (_, i) => (i < 65536 ? normal() : 40));
  const coarse = rangeOf(data, { integers: { min: 0, max: 15 } });
  expect(coarse.max).toBeLessThan(4);
  const fine = rangeOf(data, { integers: { min: 0, max: 255 } });
  expect(fine.max).toBeGreaterThan(30);
});

test('refuses more than 8 bits', () => {
  expect(() => mseRange({ integers: { min: -32768, max: 32767 } })).toThrow(
    "Method 'mse' needs 2 to 256 integers",
  );
});
