import { expect, test } from 'vitest';
import { indicesByClass, sampleOrder } from '../../../src/data/sample-order.ts';

const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : i < 99 ? 1 : 3));

test('a balanced epoch draws every class equally often, all samples of the rare ones', () => {
  const order = sampleOrder(100, labels, { shuffle: 2, balance: true });
  const drawn = indicesByClass(Int32Array.from(order, (index) => labels[index]!)).map(({ length }) => length);
  expect(drawn).toEqual([34, 33, 0, 33]);
  const seconds = order.filter((index) => labels[index] === 1);
  expect(new Set(seconds).size).toBe(19);
  // No sample of a class comes a third time before all have come twice.
  for (const index of new Set(seconds))
    expect(seconds.filter((other) => other === index).length).toBeLessThanOrEqual(2);
  expect(new Set(order.filter((index) => labels[index] === 0)).size).toBe(34);
  expect(order).toEqual(sampleOrder(100, labels, { shuffle: 2, balance: true }));
  expect(order).not.toEqual(sampleOrder(100, labels, { shuffle: 3, balance: true }));
});

test('balance needs a seed and labels', () => {
  expect(() => sampleOrder(100, labels, { balance: true })).toThrow("set 'shuffle'");
  expect(() => sampleOrder(100, undefined, { shuffle: 1, balance: true })).toThrow('the data have none');
});
