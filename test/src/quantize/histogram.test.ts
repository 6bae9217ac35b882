import { expect, test } from 'vitest';
import { Histogram } from '../../../src/quantize/histogram.ts';
import { random } from '../../../src/random.ts';

function filled(data: Float32Array, part = data.length): Histogram {
  const histogram = new Histogram('x');
  for (let i = 0; i < data.length; i += part) histogram.add(data.subarray(i, i + part));
  return histogram;
}

/** What numpy.histogram would count with the final width. */
function expected(data: Float32Array, width: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const x of data) {
    const bin = Math.floor(x / width);
    if (x !== 0) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return counts;
}

const magnitudes = (seed: number): Float32Array => {
  const { normal, uniform } = random(seed);
  return Float32Array.from({ length: 20000 }, () => normal() * 10 ** (6 * uniform() - 4));
};

test.each([1, 2, 3, 4])('counts are exact however often the bins were widened (seed %d)', (seed) => {
  const data = magnitudes(seed);
  const histogram = filled(data, 700);
  const wanted = expected(data, histogram.width);
  const { min, max } = histogram.bins;
  for (let bin = min; bin <= max; bin++) expect(histogram.count(bin)).toBe(wanted.get(bin) ?? 0);
  expect([...wanted.values()].reduce((a, b) => a + b)).toBe(20000);
});

test('the order of the numbers does not matter', () => {
  const data = magnitudes(5);
  const ordered = { ...filled(data.toSorted()).save() };
  expect(filled(data.toReversed()).save()).toEqual(ordered);
  expect(filled(data, 1000).save()).toEqual(ordered);
});

test('the range fills at least half of one side', () => {
  for (const most of [1e-20, 0.3, 1, 7, 1e9]) {
    const { bins } = filled(Float32Array.of(most / 3, most));
    expect(bins.max).toBeGreaterThanOrEqual(4095);
    expect(bins.max).toBeLessThan(8192);
  }
});

test('zeros of both signs are counted besides, the smallest numbers are not zeros', () => {
  const histogram = filled(Float32Array.of(0, -0, 0, 2 ** -149, -(2 ** -149)));
  expect(histogram.zeros).toBe(3);
  const { min, max } = histogram.bins;
  let counted = 0;
  for (let bin = min; bin <= max; bin++) counted += histogram.count(bin);
  expect(counted).toBe(2);
  expect([histogram.min, histogram.max]).toEqual([-(2 ** -149), 2 ** -149]);
});

test('nothing but zeros has no width', () => {
  const { width, bins, min, max } = filled(new Float32Array(10));
  expect({ width, bins, min, max }).toEqual({ width: 0, bins: { min: 0, max: 0 }, min: 0, max: 0 });
});

test('the extremes of float32 have bins', () => {
  const most = 3.4028234663852886e38;
  const histogram = filled(Float32Array.of(1, most, -most));
  expect([histogram.min, histogram.max]).toEqual([-most, most]);
});

test.each([Number.NaN, Infinity, -Infinity])('refuses %d wherever it is', (bad) => {
  for (const at of [0, 1, 2])
    expect(() => filled(Float32Array.of(1, 2, 3).fill(bad, at, at + 1))).toThrow(
      `Value 'x' must be finite on the calibration data, was ${bad}`,
    );
});

test('goes on from JSON as if it had not stopped', () => {
  const data = magnitudes(6);
  for (const cut of [0, 1, 9999, 20000]) {
    const first = filled(data.subarray(0, cut));
    const second = new Histogram('x', JSON.parse(JSON.stringify(first.save())));
    second.add(data.subarray(cut));
    expect(second.save()).toEqual(filled(data).save());
  }
});
