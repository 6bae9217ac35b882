import { expect, test } from 'vitest';
import { readAhead } from '../../../src/data/read-ahead.ts';

/** Loads numbers and knows how many it was asked for. */
function counted(fails = -1) {
  const asked: number[] = [];
  const load = async (item: number): Promise<number> => {
    asked.push(item);
    if (item === fails) throw new Error(`no ${item}`);
    return item * 10;
  };
  return { asked, load };
}

const items = Array.from({ length: 100 }, (_, i) => i);

test('keeps the order, and stops loading while the consumer is busy', async () => {
  const { asked, load } = counted();
  const loaded: number[] = [];
  for await (const value of readAhead(items, load, 3)) {
    loaded.push(value);
    // The consumer's own, and three more.
    expect(asked.length).toBeLessThanOrEqual(loaded.length + 3);
    await new Promise((done) => setTimeout(done, 1));
  }
  expect(loaded).toEqual(items.map((item) => item * 10));
});

test('a consumer that leaves ends it', async () => {
  const { asked, load } = counted();
  for await (const value of readAhead(items, load, 2)) if (value === 50) break;
  expect(asked).toHaveLength(8);
});

test('a failure comes at its turn', async () => {
  const { load } = counted(4);
  const loaded: number[] = [];
  const pass = async () => {
    for await (const value of readAhead(items, load, 8)) loaded.push(value);
  };
  await expect(pass()).rejects.toThrow('no 4');
  expect(loaded).toEqual([0, 10, 20, 30]);
});
