import { expect, test } from 'vitest';
import { PairedTest, samplesNeeded, type Verdict } from '../../../../src/quantize/search/paired-test.ts';
import { random } from '../../../../src/random.ts';

/** Verdict and samples of one run in which the float model alone is right with `lost`, the other alone with `won`. */
function judge({ lost = 0, won = 0, limit = 0.01, error = 0.05, samples = 4000, seed = 0 }) {
  const { uniform } = random(seed);
  const paired = new PairedTest({ limit, error });
  for (let i = 0; i < samples; i++) {
    const u = uniform();
    if (paired.add(u < lost ? 1 : u < lost + won ? -1 : 0) !== 'undecided') break;
  }
  return paired;
}

const verdicts = (options: Parameters<typeof judge>[0], runs = 200): Record<Verdict, number> => {
  const counts = { within: 0, beyond: 0, undecided: 0 };
  for (let seed = 0; seed < runs; seed++) counts[judge({ ...options, seed }).verdict]++;
  return counts;
};

test('equal models are within the limit after a fraction of the samples', () => {
  const paired = judge({});
  expect(paired.verdict).toBe('within');
  expect(paired.count).toBeLessThan(600);
});

test('a clear loss is beyond the limit soon', () => {
  const paired = judge({ lost: 0.05, won: 0.01 });
  expect(paired.verdict).toBe('beyond');
  expect(paired.count).toBeLessThan(1500);
});

// Exactly at the limit both verdicts are wrong in the limit: the chance of either must stay below `error`.
test.each([
  [0.01, 0, 'rare'],
  [0.03, 0.02, 'noisy'],
  [0.4, 0.39, 'very noisy'],
])('looking after every sample is wrong in 5 of 100 runs at most (%f lost, %f won: %s)', (lost, won) => {
  const { within, beyond } = verdicts({ lost, won, error: 0.05 }, 400);
  expect(within + beyond).toBeLessThanOrEqual(30);
});

test('what is near the limit stays undecided', () => {
  expect(verdicts({ lost: 0.012, won: 0.002, samples: 1000 }).undecided).toBeGreaterThan(180);
});

test('a verdict stays as it is', () => {
  const paired = judge({});
  for (let i = 0; i < 100; i++) paired.add(1);
  expect(paired.verdict).toBe('within');
});

test('mean and its interval are those of the numbers', () => {
  const paired = new PairedTest({ limit: 0.1, error: 0.05 });
  for (const difference of [1, 0, 0, -1, 0, 0, 0, 1]) paired.add(difference);
  expect(paired.mean).toBeCloseTo(1 / 8);
  const variance = 3 / 8 - 1 / 64;
  expect(paired.margin).toBeCloseTo(1.96 * Math.sqrt(variance / 8));
});

test.each([0, 1, -0.1, Number.NaN])('a limit of %f is refused', (limit) => {
  expect(() => new PairedTest({ limit, error: 0.05 })).toThrow(/must be between 0 and 1/);
});

test('a limit that no number of samples can show needs more than anybody has, and is told at once', () => {
  expect(samplesNeeded({ limit: 0.01, error: 0.01 })).toBeGreaterThan(100);
  expect(samplesNeeded({ limit: 1e-9, error: 0.01 })).toBe(Number.POSITIVE_INFINITY);
});
