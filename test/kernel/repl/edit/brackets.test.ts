import { expect, test } from 'vitest';
import { bracketPair } from '../../../../kernel/repl/edit/brackets.ts';

test.each<[string, number, readonly [number, number] | undefined]>([
  ['f(a, (b))', 2, [1, 8]],
  ['f(a, (b))', 9, [8, 1]],
  ['f(a, (b))', 5, [5, 7]],
  ['f(")")', 2, [1, 5]],
  ['f(/* ) */ a)', 12, [11, 1]],
  ['[1, 2', 1, undefined],
  ['abc', 1, undefined],
])('%j at %i', (text, cursor, pair) => {
  expect(bracketPair(text, cursor)).toEqual(pair);
});
