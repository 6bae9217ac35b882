import { expect, test } from 'vitest';
import { parameterList } from '../../../kernel/show/parameter-list.ts';

test.each([
  ['function f(a, b) { return (a) }', '(a, b)'],
  ['f(a        , b         ) {}', '(a, b)'],
  ['async x => x', '(x)'],
  ['$ => 1', '($)'],
  ['(a = ")", b = `(${1}`, c = /*)*/ 2) => 1', '(a = ")", b = `(${1}`, c = /*)*/ 2)'],
  ['function (\n  { a, b: [c] } = {},\n  ...rest\n) {}', '({ a, b: [c] } = {}, ...rest)'],
  ['() => 1', '()'],
  ['get x', undefined],
])('%s', (source, list) => {
  expect(parameterList(source)).toBe(list);
});
