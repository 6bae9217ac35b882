import { expect, test } from 'vitest';
import { measuredLatencies } from '../../../src/prune/index.ts';
import { smallNet } from './net.ts';

test('measures in turns and gives the medians', async () => {
  const models = { before: smallNet(), after: smallNet() };
  const times = [5, 1, 3, 9, 4, 2, 100, 3, 1, 2];
  const asked: string[] = [];
  const found = await measuredLatencies(
    async (model) => {
      asked.push(model === models.before ? 'before' : 'after');
      return times[asked.length - 1]!;
    },
    ...([models, 'a bench'] as const),
  );
  expect(asked).toEqual(Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 'before' : 'after')));
  expect(found).toEqual({ before: 4, after: 2, where: 'a bench' });
});
