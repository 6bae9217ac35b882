import { expect, test } from 'vitest';
import { constant, cosine, oneCycle, plateau, step, warmUp } from '../../../src/train/schedules.ts';

test('cosine falls from 1 to the floor, half of the way in the middle', () => {
  const { factor } = cosine({ floor: 0.2 });
  expect([0, 50, 100].map((n) => factor(n, 100))).toEqual([
    1,
    expect.closeTo(0.6, 12),
    expect.closeTo(0.2, 12),
  ]);
});

test('step decays after equal parts', () => {
  const { factor } = step({ parts: 3, decay: 0.1 });
  expect([0, 29, 30, 59, 60, 89].map((n) => factor(n, 90))).toEqual(
    [1, 1, 0.1, 0.1, 0.01, 0.01].map((value) => expect.closeTo(value, 12)),
  );
});

test('one-cycle rises to 1 and ends near 0; a training of one or two steps has a rate too', () => {
  const { factor } = oneCycle();
  const all = Array.from({ length: 100 }, (_, n) => factor(n, 100));
  expect(all[0]).toBeCloseTo(1 / 25, 12);
  expect(all.indexOf(Math.max(...all))).toBe(29);
  expect(all[29]).toBe(1);
  expect(all.at(-1)).toBeCloseTo(1 / 250_000, 12);
  for (const total of [1, 2, 3]) for (let n = 0; n < total; n++) expect(factor(n, total)).toBeGreaterThan(0);
});

test('plateau stays at 1 for its part, then falls to 0 as half a cosine', () => {
  const { factor } = plateau({ hold: 0.4 });
  expect([0, 39, 40, 70, 100].map((n) => factor(n, 100))).toEqual([
    ...[1, 1, 1],
    expect.closeTo(0.5, 12),
    expect.closeTo(0, 12),
  ]);
  expect([0, 1].map((n) => plateau({ hold: 1 }).factor(n, 2))).toEqual([1, 1]);
});

test('warm-up rises in equal steps, then the schedule has what is left', () => {
  const { factor } = warmUp(3, cosine());
  expect([0, 1, 2, 3].map((n) => factor(n, 13))).toEqual([0.25, 0.5, 0.75, 1]);
  expect(factor(8, 13)).toBeCloseTo(0.5, 12);
  expect(warmUp(5, constant()).factor(4, 3)).toBeCloseTo(5 / 6, 12);
});
