import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { entropyRange, type Range } from '../../../../src/quantize/index.ts';
import { random } from '../../../../src/random.ts';
import { heavyTail, heavyTailRelu, inBatches, siluTail } from './heavy-tail.ts';

const rangeOf = (data: Float32Array, options: Parameters<typeof entropyRange>[0] = {}): Range => {
  const observer = entropyRange(options)('x');
  for (const batch of inBatches(data)) observer.observe(batch);
  return observer.range();
};

// onnxruntime 1.32's HistogramCollector('entropy', symmetric False) on the same numbers, collected at once: by default
// (128 bins, 128 levels) [-4.164381, 40.0]; with 2048 bins [-4.164381, 5.3515625], with 8192 [-3.75, 3.7597656].
test.each([undefined, { min: -64, max: 63 }])('clips the outlier that onnxruntime keeps (%o)', (integers) => {
  const { min, max } = rangeOf(heavyTail(), { ...(integers && { integers }) });
  expect(max).toBeGreaterThan(3.2);
  expect(max).toBeLessThan(5.36);
  expect(min).toBeGreaterThanOrEqual(-4.164381742477417);
  expect(min).toBeLessThan(-3.2);
});

test('symmetric ranges clip it too', () => {
  const { min, max } = rangeOf(heavyTail(), { integers: { min: -128, max: 127 }, symmetric: true });
  expect(min).toBe(-max);
  expect(max).toBeGreaterThan(3.2);
  expect(max).toBeLessThan(5.36);
});

// There onnxruntime's 2048 bins end at 2.54: the exact zeros, half of all, count as something that rounding spoils.
test('after a Relu the zeros do not make it clip more', () => {
  const { min, max } = rangeOf(heavyTailRelu());
  expect(min).toBe(0);
  expect(max).toBeGreaterThan(3.2);
  expect(max).toBeLessThan(5.36);
});

// onnxruntime with 2048 bins: [-0.27846456, 9.770108], with 8192: [-0.27846456, 9.159476].
test('the side of a SiLU that is hardly used stays as it is', () => {
  const { min, max } = rangeOf(siluTail());
  expect(min).toBeCloseTo(-0.27846, 3);
  expect(max).toBeGreaterThan(8);
  expect(max).toBeLessThan(12);
});

test('each side of skewed data is clipped for itself', () => {
  const { normal, uniform } = random(3);
  const data = Float32Array.from({ length: 60000 }, () =>
    uniform() < 0.7 ? 10 * uniform() : -Math.abs(normal()) * 0.2,
  );
  data[0] = -9;
  const { min, max } = rangeOf(data, { integers: { min: 0, max: 31 } });
  expect(max).toBeGreaterThan(9);
  expect(min).toBeGreaterThan(-2);
  expect(min).toBeLessThan(-0.4);
});

/** Histograms of a trained ResNet8 on 300 digits, as an observer saves them; dense, from 0 on. */
const resnet8 = JSON.parse(readFileSync('test/fixtures/quantize/resnet8-histograms.json', 'utf8')) as Record<
  'relu1' | 'input',
  { exponent: number; zeros: number; min: number; max: number; counts: number[] }
>;

// Divergences of the bare counts ended the first at 0.03, where 58 % of the numbers lie outside: what the black border
// of the digits becomes, one number in each of 16 channels, are high peaks whose spreading cost more than clipping them.
// The second ended at 0.008: with all that is left in one bin, outliers counted there cost nothing.
test.each(['relu1', 'input'] as const)('peaks of a constant background (%s) do not clip the bulk', (name) => {
  const { counts, ...rest } = resnet8[name];
  const saved = { kind: 'entropy', ...rest, bins: counts.map((_, bin) => bin), counts };
  const { min, max } = entropyRange()('x', saved).range();
  expect(min).toBe(0);
  const outside = counts.filter((_, bin) => (bin + 1) * 2 ** rest.exponent > max + 2 ** rest.exponent);
  const numbers = counts.reduce((a, b) => a + b) - rest.zeros;
  expect(outside.reduce((a, b) => a + b, 0) / numbers).toBeLessThan(1e-4);
});

// The divergence of the bare counts, which is mostly their chance, was least at 7.22.
test('chance in the counts of bins does not clip', () => {
  const { uniform } = random(8);
  const data = Float32Array.from({ length: 10000 }, () => -Math.log(1 - uniform()));
  expect(Math.max(...data)).toBeCloseTo(9.32, 2);
  expect(rangeOf(data).max).toBeGreaterThan(8.5);
});

test('numbers that are not rare are kept, whatever the shape', () => {
  const { uniform } = random(8);
  const twoBumps = Float32Array.from({ length: 40000 }, (_, i) =>
    i % 50 === 0 ? 100 + uniform() : uniform(),
  );
  expect(rangeOf(twoBumps).max).toBeGreaterThan(100);
});

/** KL divergence of P and Q as onnxruntime's get_entropy_threshold forms them, from the numbers themselves, zeros left out. */
function direct(data: Float32Array, threshold: number, { width, levels }: { width: number; levels: number }) {
  const bins = Math.ceil(threshold / width);
  const p = new Float64Array(bins);
  const inside = new Float64Array(bins);
  for (const x of data) {
    if (x === 0) continue;
    const bin = Math.floor(x / width);
    p[Math.min(bin, bins - 1)]!++;
    if (bin < bins) inside[bin]!++;
  }
  const total = p.reduce((a, b) => a + b);
  const kept = inside.reduce((a, b) => a + b);
  let kl = 0;
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((bins * level) / levels);
    const to = Math.floor((bins * (level + 1)) / levels);
    const filled = p.subarray(from, to).filter((n) => n > 0).length;
    const q = inside.subarray(from, to).reduce((a, b) => a + b, 0) / filled || 1e-4;
    for (const n of p.subarray(from, to)) if (n > 0) kl += (n / total) * Math.log(n / total / (q / kept));
  }
  return kl;
}

test('no threshold has a lower divergence, summed without prefix sums', () => {
  const data = heavyTailRelu();
  const integers = { min: 0, max: 127 };
  const { max } = rangeOf(data, { integers });
  const grid = { width: 64 / 8192, levels: 128 };
  const found = direct(data, max, grid);
  for (let t = 1; t <= 40; t += 0.5) expect(direct(data, t, grid)).toBeGreaterThan(found - 1e-9);
});

test('constant and empty data', () => {
  expect(rangeOf(new Float32Array(10))).toEqual({ min: 0, max: 0 });
  expect(rangeOf(new Float32Array(10).fill(3)).max).toBeCloseTo(3, 2);
  expect(() => rangeOf(new Float32Array(0))).toThrow("Value 'x' must have numbers on the calibration data");
});

test('refuses more than 8 bits', () => {
  expect(() => entropyRange({ integers: { min: 0, max: 65535 } })).toThrow(
    "Method 'entropy' needs 2 to 256 integers, which are 1 to 8 bits; 0 to 65535 are 65536. Use min-max",
  );
});
