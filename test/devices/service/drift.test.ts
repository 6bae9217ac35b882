import { expect, test } from 'vitest';
import { driftOf, driftText } from '../../../devices/service/drift.ts';
import { OutputWindow } from '../../../devices/service/output-statistics.ts';
import { Tensor } from '../../../src/ir/index.ts';

/** Samples of two classes, of which `share` have the first; the winner has 1 more. */
function window(count: number, share: number, offset = 0): OutputWindow {
  const made = new OutputWindow();
  for (let i = 0; i < count; i++) {
    const isFirst = (i + 0.5) / count < share;
    const scores = isFirst ? [1 + offset, offset] : [offset, 1 + offset];
    made.add(Tensor.of('float32', scores, [1, 2]));
  }
  return made;
}

const statistics = (...given: Parameters<typeof window>) => window(...given).statistics()!;

test('statistics are those of the last samples', () => {
  expect(new OutputWindow().statistics()).toBeUndefined();
  expect(statistics(100, 0.25)).toEqual({
    ...{ rows: 100, mean: 0.5, std: 0.5, min: 0, max: 1, nonFinite: 0, classes: [25, 75] },
  });
  const long = window(5000, 1);
  for (let i = 0; i < 4096; i++) long.add(Tensor.of('float32', [0, 1], [1, 2]));
  expect(long.statistics()).toMatchObject({ rows: 4096, classes: [0, 4096] });
});

test('numbers that are none, whole numbers and other shapes are taken', () => {
  const made = new OutputWindow();
  made.add(Tensor.of('float32', [1, NaN, Infinity, 3], [1, 2, 2]));
  expect(made.statistics()).toEqual({ rows: 1, mean: 2, std: 1, min: 1, max: 3, nonFinite: 2 });
  const whole = new OutputWindow();
  whole.add(Tensor.of('int64', [7], []));
  expect(whole.statistics()).toMatchObject({ rows: 1, mean: 7 });
});

test('drift: the stability index by hand, a moved mean, and too few samples', () => {
  const then = statistics(100, 0.5);
  // (50.5 and 50.5) of 101 against (90.5 and 10.5) of 101.
  const p = [90.5 / 101, 10.5 / 101];
  const psi = p.reduce((sum, share) => sum + (share - 0.5) * Math.log(share / 0.5), 0);
  expect(driftOf(statistics(100, 0.9), then).psi).toBeCloseTo(psi, 12);
  expect(driftText(driftOf(statistics(100, 0.9), then))).toMatch(/^DRIFT: PSI 0.85, mean moved 0.00 σ$/);
  expect(driftText(driftOf(statistics(100, 0.55), then))).toBe('PSI 0.01, mean moved 0.00 σ');
  const few = driftOf(statistics(39, 0.9), then);
  expect(few.psi).toBeUndefined();
  expect(driftText(driftOf(statistics(39, 0.5, 1), then))).toMatch(/^DRIFT: mean moved 2.0\d σ$/);
});
