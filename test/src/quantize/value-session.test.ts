import { expect, test } from 'vitest';
import { ValueSession } from '../../../src/quantize/value-session.ts';
import { batches, lenet } from './build.ts';

const model = lenet();
const [feeds] = batches([4, 1, 12, 12], 1);
const names = ['x', ...model.graph.nodes.map((node) => node.output().name)];

async function valuesBy(bytes: number) {
  const session = await ValueSession.create(model, names, { feeds: feeds!, bytes });
  const values = new Map<string, number[]>();
  const order: string[] = [];
  await session.run(feeds!, (name, tensor) => {
    order.push(name);
    values.set(name, tensor.toNumbers());
  });
  await session.release();
  return { groups: session.groups, values, order };
}

test('less memory means more runs, not other values', async () => {
  const once = await valuesBy(2 ** 30);
  expect(once.groups.length).toBe(1);
  const often = await valuesBy(20_000);
  expect(often.groups.length).toBeGreaterThan(3);
  expect(often.order).toEqual(once.order);
  for (const name of names) {
    const [a, b] = [once.values.get(name)!, often.values.get(name)!];
    expect(b.length).toBe(a.length);
    a.forEach((x, i) => {
      expect(b[i]).toBeCloseTo(x, 4);
    });
  }
});

test('a group has no more bytes than asked for, unless it is one value', async () => {
  const { groups, values } = await valuesBy(20_000);
  for (const group of groups) {
    const bytes = group.reduce((sum, name) => sum + 4 * values.get(name)!.length, 0);
    expect(group.length === 1 || bytes <= 20_000).toBe(true);
  }
  expect(groups.flat().toSorted()).toEqual(names.toSorted());
});
