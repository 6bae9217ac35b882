import { expect, test } from 'vitest';
import { dependencyGroups, importanceOf } from '../../../../src/prune/index.ts';
import { numbersOf, smallNet } from '../net.ts';

const model = smallNet();
const { groups } = dependencyGroups(model);
const scores = (name: string) => importanceOf(name).score(model, groups, {});

/** Sum of |w|^power over the elements that a condition picks. */
const sum = (name: string, power: number, isOwn: (index: number) => boolean): number =>
  numbersOf(model, name).reduce((total, w, i) => total + (isOwn(i) ? Math.abs(w) ** power : 0), 0);

test.each([
  ['l1', 1],
  ['l2', 2],
] as const)('%s is the mean over what makes, scales and reads a channel', async (name, power) => {
  const found = await scores(name);
  for (let c = 0; c < 4; c++) {
    // [4,1,3,3] makes it, [3,4,3,3] reads it; the factor counts, biases and statistics do not.
    const made = sum('conv1.weight', power, (i) => Math.floor(i / 9) === c);
    const read = sum('conv2.weight', power, (i) => Math.floor(i / 9) % 4 === c);
    const scaled = Math.abs(numbersOf(model, 'norm1.weight')[c]!) ** power;
    expect(found.get('conv1')![c]).toBeCloseTo((made + read + scaled) / 3, 5);
  }
  for (let c = 0; c < 3; c++) {
    // [3,4,3,3] makes it; each of the two rows of [2,48] reads its 16 places.
    const made = sum('conv2.weight', power, (i) => Math.floor(i / 36) === c);
    const read = sum('dense1.weight', power, (i) => Math.floor((i % 48) / 16) === c);
    expect(found.get('conv2')![c]).toBeCloseTo((made + read) / 2, 5);
  }
});

test('bn is the factor of the normalization, and says nothing of channels without one', async () => {
  const found = await scores('bn');
  expect([...found.get('conv1')!]).toEqual([...numbersOf(model, 'norm1.weight')].map(Math.abs));
  expect(found.has('conv2')).toBe(false);
});

test('an importance that there is not', () => {
  expect(() => importanceOf('l3')).toThrow(/'l3'. Did you mean 'l[12]'/);
});
