import { expect, test } from 'vitest';
import { dependencyGroups } from '../../../../src/prune/index.ts';
import { keptChannels } from '../../../../src/prune/select/kept-channels.ts';
import { nets } from '../surgery/nets.ts';
import { group } from './groups.ts';

test('the next multiple, or all where there is none', () => {
  const ten = group('a', 10);
  expect([1, 3, 4, 5, 8].map((wanted) => keptChannels(ten, wanted, 4))).toEqual([4, 4, 4, 8, 8]);
  expect(keptChannels(ten, 9, 4)).toBe(10);
  expect(keptChannels(ten, 7, 1)).toBe(7);
});

test('a unit of several channels counts as those: 4 groups of a convolution are 4 at once', () => {
  const { groups } = dependencyGroups(nets['grouped, narrow']!);
  const own = groups.find(({ parts }) =>
    parts.some(({ role, indices }) => role === 'output' && indices(0).length > 1),
  )!;
  const width = own.parts.find(({ role }) => role === 'output')!.indices(0).length;
  expect(width).toBeGreaterThan(1);
  // One unit is already a multiple of its own width.
  expect(keptChannels(own, 1, width)).toBe(1);
  expect(keptChannels(own, 1, 2 * width)).toBe(2);
});
