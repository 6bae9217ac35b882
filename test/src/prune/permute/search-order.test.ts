import { expect, test } from 'vitest';
import { conv2d, relu, sequential } from '../../../../src/layers/index.ts';
import { dependencyGroups } from '../../../../src/prune/groups/index.ts';
import { prunableWeights } from '../../../../src/prune/masks/prunable.ts';
import { arrangements } from '../../../../src/prune/permute/arrangements.ts';
import { BlockReader } from '../../../../src/prune/permute/block-reader.ts';
import { searchOrder } from '../../../../src/prune/permute/search-order.ts';
import { Stripes } from '../../../../src/prune/permute/stripes.ts';
import { random } from '../../../../src/random.ts';

const pattern = { n: 2, m: 4 };

function stripesOf(channels: number, seed: number) {
  const model = sequential([1, 4, 4], [conv2d(channels, 3), relu(), conv2d(6, 3)], { seed });
  const weight = prunableWeights(model.graph).weights[1]!;
  const reader = new BlockReader(weight, pattern);
  const group = dependencyGroups(model).groups.find(({ obstacle }) => obstacle === undefined)!;
  return { weight, reader, stripes: new Stripes(group, [reader], pattern.m) };
}

/** Straight from the definition: the two largest of four channels at every place of every filter. */
function keptOf(data: Float32Array, [k, c, r, s]: readonly number[], order: readonly number[]): number {
  let sum = 0;
  for (let filter = 0; filter < k!; filter++)
    for (let place = 0; place < r! * s!; place++)
      for (let block = 0; block < c!; block += 4) {
        const of = order.slice(block, block + 4);
        const sizes = of.map((channel) => Math.abs(data[(filter * c! + channel) * r! * s! + place]!));
        for (const size of sizes.sort((a, b) => b - a).slice(0, 2)) sum += size;
      }
  return sum;
}

test('of eight channels the best of all 35 splits is found', () => {
  for (const seed of [1, 2, 3]) {
    const { weight, stripes } = stripesOf(8, seed);
    const kept = arrangements([0, 1, 2, 3, 4, 5, 6, 7], 4).map((order) =>
      keptOf(weight.data, weight.shape, order),
    );
    expect(kept).toHaveLength(35);
    expect(searchOrder(stripes, { effort: 1e7, random: random(0) })).toBe(true);
    expect(keptOf(weight.data, weight.shape, stripes.order)).toBeCloseTo(Math.max(...kept), 5);
  }
});

test('of many channels it keeps more than a thousand random orders, and says so rightly', () => {
  const { weight, reader, stripes } = stripesOf(22, 4);
  const before = stripes.total(true);
  expect(before).toBeCloseTo(keptOf(weight.data, weight.shape, stripes.order), 4);
  searchOrder(stripes, { effort: 1e7, random: random(0) });
  expect(stripes.order.toSorted((a, b) => a - b)).toEqual([...Array(22).keys()]);
  expect([...reader.order]).toEqual(stripes.order);
  const after = keptOf(weight.data, weight.shape, stripes.order);
  expect(stripes.total(true)).toBeCloseTo(after, 4);
  const source = random(9);
  for (let trial = 0; trial < 1000; trial++) {
    const order = [...Array(22).keys()]
      .map((i) => ({ i, key: source.uniform() }))
      .sort((a, b) => a.key - b.key);
    expect(
      keptOf(
        weight.data,
        weight.shape,
        order.map(({ i }) => i),
      ),
    ).toBeLessThan(after);
  }
});

test('the effort is a bound, after which the order is no worse', () => {
  const { stripes } = stripesOf(32, 5);
  const before = stripes.total(true);
  expect(searchOrder(stripes, { effort: 1, random: random(0) })).toBe(false);
  expect(stripes.total(true)).toBeGreaterThanOrEqual(before);
  const signal = AbortSignal.abort(new Error('enough'));
  expect(() => searchOrder(stripesOf(32, 5).stripes, { effort: 1e7, random: random(0), signal })).toThrow(
    'enough',
  );
});
