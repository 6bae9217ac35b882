import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readRecipe, stepKey, steps } from '../../../src/recipe/index.ts';

const hash = 'a'.repeat(64);
const good = {
  ...{ format: 'edgebook-recipe', version: 1, measured: {}, machine: {} },
  source: { name: 'net', sha256: hash },
  steps: [{ step: 'train', options: { epochs: 1 }, result: hash, data: { name: 'toy', sha256: hash } }],
  result: { name: 'small', sha256: hash, bytes: 10 },
};
const read = (changes: object) => readRecipe(JSON.stringify({ ...good, ...changes }), 'r.json');

test('a file is read as it is', () => expect(read({})).toEqual(good));

test.each([
  [{ format: 'other' }, /r\.json must be a recipe: its field 'format'/],
  [{ version: 2 }, /version 2, this Edgebook reads version 1: take a newer one/],
  [{ source: { name: 'net' } }, /'source' must be a model with name and sha256/],
  [{ steps: {} }, /'steps' must be a list/],
  [{ steps: [...good.steps, { step: 'train' }] }, /'steps\[1\]\.options'/],
  [{ steps: [{ ...good.steps[0], result: 'abc' }] }, /'steps\[0\]\.result' must be a sha256/],
  [{ steps: [{ ...good.steps[0], data: 'toy' }] }, /'steps\[0\]\.data'/],
  [{ steps: [{ ...good.steps[0], models: { teacher: 'net' } }] }, /'steps\[0\]\.models'/],
  [{ measured: undefined }, /'measured'/],
])('%j is refused', (changes, message) => expect(() => read(changes)).toThrow(message));

test('what is no JSON is told with its file', () =>
  expect(() => readRecipe('{', 'r.json')).toThrow(/r\.json must be JSON/));

test('a key depends on every part of the input, and not on the order of options', () => {
  const input = {
    step: 'train',
    options: { a: 1, b: [1, 2] },
    model: hash,
    data: 'd',
    models: { teacher: 't' },
  };
  const key = stepKey(input);
  expect(stepKey({ ...input, options: { b: [1, 2], a: 1 } })).toBe(key);
  const others = [
    { step: 'prune' },
    { options: { a: 1, b: [2, 1] } },
    { model: 'b' },
    { data: 'e' },
    { data: undefined },
    { models: {} },
  ].map((change) => stepKey({ ...input, ...change }));
  expect(new Set([key, ...others]).size).toBe(others.length + 1);
});

test('the list of steps has every file of its folder', () => {
  const files = readdirSync(new URL('../../../src/recipe/steps/', import.meta.url));
  const names = files.filter((file) => file !== 'index.ts').map((file) => file.replace('.ts', ''));
  expect(steps.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
});
