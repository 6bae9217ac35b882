import { expect, test } from 'vitest';
import { batchOf, randomFeeds } from '../../../src/bench/random-feeds.ts';

test('fills an open batch and makes the same numbers each time', () => {
  const port = { name: 'x', dtype: 'float32', shape: ['N', 3] } as const;
  const feeds = randomFeeds([port], { batch: 4 });
  expect(feeds.x!.shape).toEqual([4, 3]);
  expect(batchOf(feeds)).toBe(4);
  expect(randomFeeds([port]).x!.shape).toEqual([1, 3]);
  expect(randomFeeds([port], { batch: 4 }).x!.bytes).toEqual(feeds.x!.bytes);
  for (const v of feeds.x!.toNumbers()) expect(v >= 0 && v < 1).toBe(true);
});

test('whole numbers are 0, half floats between one half and one', () => {
  const feeds = randomFeeds([
    { name: 'ids', dtype: 'int64', shape: [2] },
    { name: 'half', dtype: 'float16', shape: [100] },
  ]);
  expect(feeds.ids!.toNumbers()).toEqual([0, 0]);
  for (const bits of feeds.half!.toNumbers()) expect(bits >> 10).toBe(0x3800 >> 10);
});

test('a fixed batch is the default, and only the first input has one', () => {
  const fixed = { name: 'x', dtype: 'float32', shape: [8, 3] } as const;
  const open = { name: 'y', dtype: 'float32', shape: ['N'] } as const;
  const feeds = randomFeeds([fixed, open]);
  expect([feeds.x!.shape, feeds.y!.shape]).toEqual([[8, 3], [8]]);
  const mixed = randomFeeds([open, { ...fixed, name: 'weights' }], { batch: 4 });
  expect([mixed.y!.shape, mixed.weights!.shape]).toEqual([[4], [8, 3]]);
});

test('says which shape is missing or does not fit', () => {
  const open = { name: 'x', dtype: 'float32', shape: ['N', 3, 'H'] } as const;
  expect(() => randomFeeds([open])).toThrow(
    "Input 'x' [N, 3, H] has open dimensions after the first; give its whole shape: --shape x=1,3,64",
  );
  expect(() => randomFeeds([open], { shapes: { y: [1] } })).toThrow("Unknown input 'y'");
  expect(randomFeeds([open], { shapes: { x: [2, 3, 5] } }).x!.shape).toEqual([2, 3, 5]);
  expect(() => randomFeeds([{ name: 'x', dtype: 'float32', shape: [8, 3] }], { batch: 4 })).toThrow(
    "Input 'x' [8, 3] has a fixed batch of 8, asked for was 4",
  );
  expect(() => randomFeeds([{ name: 'x', dtype: 'string', shape: [1] }])).toThrow(
    "Input 'x' of type string cannot be made up",
  );
});
