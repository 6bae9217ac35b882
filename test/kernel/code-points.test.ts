import { expect, test } from 'vitest';
import { fromCodePoints, toCodePoints } from '../../kernel/code-points.ts';

test.each([
  ['plain', 2, 2],
  ['😀x', 1, 2],
  ['a😀b', 3, 4],
  ['a😀b', 99, 4],
  ['', 3, 0],
])('%j: code point %i is unit %i', (text, position, index) => {
  expect(fromCodePoints(text, position)).toBe(index);
  expect(toCodePoints(text, index)).toBe(Math.min(position, [...text].length));
});
