import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isComplete } from '../../../kernel/engine/is-complete.ts';
import { joinLines, type Notebook } from '../../../kernel/notebook.ts';
import { plainlyComplete } from '../../../kernel/repl/plainly-complete.ts';

test.each([
  '1+1',
  'const a = f("(")',
  'x.y[0]',
  '%train cnn --epochs 2',
  '!ls',
  'name?',
  'await f()',
  'a = () => 3',
])('%j needs no compiler', (code) => {
  expect(plainlyComplete(code)).toBe(true);
  expect(isComplete(code).status).toBe('complete');
});

describe('never takes for complete what the compiler does not', () => {
  const tricky = [
    ...[
      'if (a)',
      'for (;;)',
      'const f = (',
      'a +',
      'a = ',
      '`text',
      '"text',
      "'",
      'f(a,',
      '[1,',
      'return',
      'new',
    ],
    ...[
      'a ?',
      'a ? b :',
      '@x',
      '%%time',
      '!ls \\',
      'a =>',
      'x = {',
      '/* c',
      'async () =>',
      'a &&',
      '!',
      'const',
    ],
    ...[
      'export',
      'import',
      'typeof',
      'a instanceof',
      'x as',
      'yield',
      'a.',
      'a?.',
      '<b>',
      'type A =',
      'a = /x/',
    ],
  ];
  const notebooks = globSync('notebooks/*.ipynb').flatMap((path) => {
    const { cells } = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
    return cells.filter((cell) => cell.cell_type === 'code').map((cell) => joinLines(cell.source));
  });
  // What stands on the screen when Enter is pressed at any place of a line.
  const typed = notebooks.flatMap((code) =>
    code.split('\n').flatMap((line) => [...line].map((_, i) => line.slice(0, i + 1))),
  );
  const starts = [...new Set([...tricky, ...typed])].filter(plainlyComplete);

  test(`${starts.length} starts of lines`, () => {
    expect(starts.length).toBeGreaterThan(500);
    expect(starts.filter((code) => isComplete(code).status === 'incomplete')).toEqual([]);
  });
});
