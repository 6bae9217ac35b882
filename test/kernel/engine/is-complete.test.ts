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
  ['%%writefile a.txt', 'incomplete'],
  ['%%writefile a.txt\n', 'incomplete'],
  ['%%writefile a.txt\nfor (;;) {', 'incomplete'],
  ['%%writefile a.txt\nfor (;;) {\n', 'incomplete'],
  ['%%writefile a.txt\nfor (;;) {\n\n', 'complete'],
  ['%%nope\nx\n  ', 'complete'],
  ['%%time', 'incomplete'],
  ['%%time\nf()', 'incomplete'],
  ['%%time\nf()\n\n', 'complete'],
  ['%%time\nfor (;;) {', 'incomplete'],
  ['%%time\nfor (;;) {\n\n', 'incomplete'],
  ['%%time\nconst = 5', 'invalid'],
  ['%%timeit -n 5 setup\n%train cnn\n\n', 'complete'],
  ['%%time?', 'complete'],
  ['%train cnn', 'complete'],
  ['%time f()', 'complete'],
  ['!ls \\', 'incomplete'],
  ['!ls \\\n', 'incomplete'],
  ['!ls \\\n  -l', 'complete'],
  ['const a = !ls \\', 'incomplete'],
  ['!echo \\\\', 'complete'],
  ['!ls \\\n -l\n1 +', 'incomplete'],
])('%s', (code, status) => {
  expect(isComplete(code).status).toBe(status);
});
