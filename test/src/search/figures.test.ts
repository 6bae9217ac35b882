import { expect, test } from 'vitest';
import { parseBudget } from '../../../src/search/budget.ts';
import { type Figures, meets, standingsOf, worstOf } from '../../../src/search/figures.ts';

const original: Figures = {
  ...{ size: 1000, macs: 100, params: 50, accuracy: 0.9, drop: 0 },
  devices: { local: { latency: 4, memory: 80 } },
};
const small: Figures = {
  ...{ size: 400, macs: 50, params: 20, accuracy: 0.88, drop: 0.02 },
  devices: { local: { latency: 3 } },
};
const standings = (text: string, figures = small) => standingsOf(parseBudget(text), figures, original);

test('a limit is met below it, at it only if it is inclusive', () => {
  const met = (text: string) => meets(standings(text));
  expect(met('size<401B')).toBe(true);
  expect(met('size<400B')).toBe(false);
  expect(met('size<=400B')).toBe(true);
  expect(met('size<=40%')).toBe(true);
  expect(met('latency<75%')).toBe(false);
  expect(met('latency<=75%')).toBe(true);
  expect(met('accuracy>88%')).toBe(false);
  expect(met('accuracy>=88%')).toBe(true);
  expect(met('size<401B, drop<1%')).toBe(false);
});

test('the distance is the worst of all limits, and never below 1 if one is not met', () => {
  expect(standings('size<200B, latency<2ms').map(({ ratio }) => ratio)).toEqual([2, 1.5]);
  expect(worstOf(standings('size<200B, latency<2ms'))).toBe(2);
  expect(worstOf(standings('size<800B'))).toBe(0.5);
  expect(worstOf(standings('size<400B'))).toBe(1);
  expect(standings('drop<1%')[0]!.ratio).toBeCloseTo(2, 12);
  expect(standings('accuracy>89%')[0]!.ratio).toBeCloseTo(2, 12);
  expect(standings('drop<=0%', original)[0]).toMatchObject({ isMet: true, ratio: 1 });
});

test('what was not measured is not met', () => {
  expect(standings('memory<1GB')[0]).toMatchObject({ value: undefined, isMet: false, ratio: Infinity });
  expect(standings('latency<1s@pi')[0]).toMatchObject({ isMet: false });
});
