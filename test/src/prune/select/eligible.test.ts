import { expect, test } from 'vitest';
import { dependencyGroups } from '../../../../src/prune/index.ts';
import { eligibleGroups, scoredGroups } from '../../../../src/prune/select/index.ts';
import { smallNet } from '../net.ts';
import { group, scoresFrom } from './groups.ts';

const names = (groups: readonly { name: string }[]) => groups.map(({ name }) => name);

test('obstacles, single channels and what is kept stay out, with the reason', () => {
  const all = [group('a', 4), group('b', 4, 'an output'), group('c', 1), group('d', 2)];
  const { groups, left } = eligibleGroups(all, ['d*']);
  expect(names(groups)).toEqual(['a']);
  expect(left).toEqual([
    { name: 'b', reason: 'an output' },
    { name: 'c', reason: 'has a single channel' },
    { name: 'd', reason: "kept by 'd*'" },
  ]);
  expect(() => eligibleGroups(all, ['e'])).toThrow(/'e' fits none. Groups are a, b, c, d$/);
});

test('a weight of a group keeps it as well', () => {
  const all = dependencyGroups(smallNet()).groups;
  expect(names(eligibleGroups(all).groups)).toEqual(['conv1', 'conv2']);
  expect(names(eligibleGroups(all, ['norm1*']).groups)).toEqual(['conv2']);
  expect(names(eligibleGroups(all, ['conv2.weight']).groups)).toEqual([]);
});

test('groups without scores, and scores that are no numbers', () => {
  const all = [group('a', 2), group('b', 2), group('c', 2)];
  const { groups, left } = scoredGroups(all, scoresFrom({ a: [1, 2], b: [1, Number.NaN] }), 'bn');
  expect(names(groups)).toEqual(['a']);
  expect(left.map(({ reason }) => reason)).toEqual([
    'bn of its channels is not finite',
    'bn says nothing of it',
  ]);
});
