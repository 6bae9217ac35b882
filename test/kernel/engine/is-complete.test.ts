import { expect, test } from 'vitest';
import { isComplete } from '../../../kernel/engine/is-complete.ts';

test.each([
  ['<div>', 'incomplete'],
  ['const el = (\n  <p>\n', 'incomplete'],
  ['<div>\n  <b/>', 'incomplete'],
  ['<div></div>', 'complete'],
  ['const f = <T>(x: T) => x', 'complete'],
  ['<number>x', 'complete'],
  ['x = <p>{a</p>', 'invalid'],
  ['if (a < b) {', 'incomplete'],
  ["import fs = require('fs')", 'complete'],
])('%s', (code, status) => {
  expect(isComplete(code).status).toBe(status);
});
