import { expect, test } from 'vitest';
import { type Ranking, rankChannels, removedCount } from '../../../../src/prune/select/ranking.ts';
import { group, scoresFrom } from './groups.ts';

const groups = [group('a', 4), group('b', 4)];
const scores = scoresFrom({ a: [4, 1, 3, 2], b: [10, 40, 30, 20] });
const options = { scope: 'global', normalize: false, roundTo: 1, minChannels: () => 1 } as const;
const gone = (ranking: Ranking, level: number) => Object.fromEntries(ranking.at(level));

test('a global ranking takes the least of all', () => {
  const ranking = rankChannels(groups, scores, options);
  expect(ranking).toMatchObject({ levels: 6, channels: 8 });
  expect(gone(ranking, 0)).toEqual({});
  expect(gone(ranking, 2)).toEqual({ a: [1, 3] });
  expect(gone(ranking, 4)).toEqual({ a: [1, 2, 3], b: [0] });
  expect(gone(ranking, 6)).toEqual({ a: [1, 2, 3], b: [0, 2, 3] });
});

test('divided by the mean of their group, scores of any size go equally far', () => {
  const ranking = rankChannels(groups, scores, { ...options, normalize: true });
  expect(gone(ranking, 2)).toEqual({ a: [1], b: [0] });
  expect(gone(ranking, 4)).toEqual({ a: [1, 3], b: [0, 3] });
});

test('a uniform ranking takes the same share of each group', () => {
  const uneven = [group('a', 2), group('b', 6)];
  const ranking = rankChannels(uneven, scoresFrom({ a: [9, 8], b: [1, 2, 3, 4, 5, 6] }), {
    ...{ ...options, scope: 'uniform' },
  });
  expect(gone(ranking, 4)).toEqual({ a: [1], b: [0, 1, 2] });
});

test('groups keep their fewest, and multiples of what is rounded to', () => {
  const few = rankChannels(groups, scores, { ...options, minChannels: ({ name }) => (name === 'a' ? 3 : 2) });
  expect(gone(few, few.levels)).toEqual({ a: [1], b: [0, 3] });
  const even = rankChannels(groups, scores, { ...options, roundTo: 2 });
  expect(gone(even, 1)).toEqual({});
  expect(gone(even, 2)).toEqual({ a: [1, 3] });
  // One channel of 4 cannot stay: 2 do.
  expect(gone(even, 6)).toEqual({ a: [1, 3], b: [0, 3] });
  expect(removedCount(even.at(6))).toBe(4);
  const three = rankChannels(groups, scores, { ...options, roundTo: 3 });
  expect(gone(three, 6)).toEqual({ a: [1], b: [0] });
});

test('of equal scores the first goes, and scores of 0 do not break the mean', () => {
  const ranking = rankChannels([group('a', 3)], scoresFrom({ a: [0, 0, 0] }), {
    ...{ ...options, normalize: true },
  });
  expect(gone(ranking, 1)).toEqual({ a: [0] });
});
