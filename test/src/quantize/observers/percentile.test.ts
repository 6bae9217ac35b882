import { expect, test } from 'vitest';
import { percentileRange } from '../../../../src/quantize/index.ts';
import { random } from '../../../../src/random.ts';
import { heavyTail, heavyTailRelu, inBatches, siluTail } from './heavy-tail.ts';

const rangeOf = (data: Float32Array, options: Parameters<typeof percentileRange>[0]) => {
  const observer = percentileRange(options)('x');
  for (const batch of inBatches(data)) observer.observe(batch);
  return observer.range();
};

// By numpy 2.4.6 on the same numbers: numpy.percentileRange(x, (100 - p) / 2), (x, 100 - (100 - p) / 2), and of |x|.
test.each([
  [heavyTail, 99, -2.606738920211792, 2.544781446456909, 2.582982187271118],
  [heavyTail, 99.9, -3.340054630279574, 3.224792678833028, 3.3023001899721245],
  [heavyTail, 99.99, -3.925970048522824, 4.124715800094691, 3.9973855102532294],
  [siluTail, 99, -0.2784168414771557, 7.736914575099938, 6.985352659225467],
  [siluTail, 99.9, -0.2784640262275934, 10.222029521465348, 9.442383403778397],
] as const)('%o cut at %d %% agrees with numpy to one bin', (data, kept, min, max, size) => {
  const width = Math.max(...data()) / 4096;
  const range = rangeOf(data(), { percentile: kept });
  expect(Math.abs(range.min - min)).toBeLessThan(width);
  expect(Math.abs(range.max - max)).toBeLessThan(width);
  const symmetric = rangeOf(data(), { percentile: kept, symmetric: true });
  expect(symmetric.min).toBe(-symmetric.max);
  expect(Math.abs(symmetric.max - size)).toBeLessThan(width);
});

test('data that are nowhere negative are cut at the upper end only', () => {
  // numpy.percentileRange(x, 99.9) = 3.0702533168792936
  const { min, max } = rangeOf(heavyTailRelu(), { percentile: 99.9 });
  expect(min).toBe(0);
  expect(max).toBeCloseTo(3.07025, 2);
  const negative = rangeOf(
    heavyTailRelu().map((x) => -x),
    { percentile: 99.9 },
  );
  expect(negative.min).toBeCloseTo(-3.07025, 2);
  expect(Math.abs(negative.max)).toBe(0);
});

test('of few numbers lies between the two nearest', () => {
  // numpy.percentileRange([1, 2, 3, 10], 90) = 7.9
  expect(rangeOf(Float32Array.of(1, 2, 3, 10), { percentile: 90 }).max).toBeCloseTo(7.9, 3);
});

test('100 % is min-max; fewer never reach further', () => {
  const { normal } = random(8);
  const data = Float32Array.from({ length: 3000 }, () => normal() ** 3);
  expect(rangeOf(data, { percentile: 100 })).toEqual({ min: Math.min(...data), max: Math.max(...data) });
  let before = Infinity;
  for (const kept of [99.999, 99.9, 99, 90, 60]) {
    const { min, max } = rangeOf(data, { percentile: kept });
    expect(max - min).toBeLessThanOrEqual(before);
    before = max - min;
  }
});

test.each([0, 50, 100.1, Number.NaN])('refuses %d', (bad) => {
  expect(() => percentileRange({ percentile: bad })).toThrow(
    `The percentile must be above 50 and at most 100, was ${bad}`,
  );
});
