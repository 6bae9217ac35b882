import { expect, test } from 'vitest';
import { mayHoldMagics, transformMagics } from '../../kernel/magics-transform.ts';
import { magics } from './fake-magics.ts';

const table: [what: string, code: string, expected: string][] = [
  ['bare', '%echo a b', 'void $show(await $magic("echo", "a b"));'],
  ['without arguments', '%echo', 'void $show(await $magic("echo", ""));'],
  ['closing semicolon', '%echo a ;', 'void $show(await $magic("echo", "a"));'],
  ['comment', '%echo a // why', 'void $show(await $magic("echo", "a"));'],
  ['address is no comment', '%echo ssh://u@h', 'void $show(await $magic("echo", "ssh://u@h"));'],
  ['quoted', `%echo "a // b;" 'c'`, `void $show(await $magic("echo", "\\"a // b;\\" 'c'"));`],
  ['assigned', 'const q = %echo a', 'const q = (await $magic("echo", "a"));'],
  [
    'assigned with a type',
    'export const q: string = %echo a;',
    'export const q: string = (await $magic("echo", "a"));',
  ],
  ['assigned to a pattern', 'const { a } = %echo a', 'const { a } = (await $magic("echo", "a"));'],
  ['binds', '%make a', 'let a = $show(await $magic("make", "a"));'],
  [
    'binds twice',
    '%make a\n%make a',
    'let a = $show(await $magic("make", "a"));\na = $show(await $magic("make", "a"));',
  ],
  ['binds what the cell declares', 'let a = 1\n%make a', 'let a = 1\na = $show(await $magic("make", "a"));'],
  ['assigned binds no other', 'const b = %make a', 'const b = (await $magic("make", "a"));'],
  ['arguments that are wrong bind nothing', '%make', 'void $show(await $magic("make", ""));'],
  ['name with a dash', '%two-words a-b', 'void $show(await $magic("two-words", "a-b"));'],
  ['cell with a dash', '%%two-words\na', 'void $show(await $magic("two-words", "", "a"));\n'],
  ['unknown', '%nope', 'void $show(await $magic("nope", ""));'],
  ['after a statement', 'f();\n%echo a\ng()', 'f();\nvoid $show(await $magic("echo", "a"));\ng()'],
  [
    'after a statement without semicolon',
    'const x = 5\n%echo a',
    'const x = 5\nvoid $show(await $magic("echo", "a"));',
  ],
  ['unknown one after it', 'const x = 5\n%ecko cnn', 'const x = 5\nvoid $show(await $magic("ecko", "cnn"));'],
  ['after a comment', '// note\n  %echo a', '// note\n  void $show(await $magic("echo", "a"));'],
  ['in a block', 'if (a) {\n%echo a\n}', 'if (a) {\nvoid $show(await $magic("echo", "a"));\n}'],
  [
    'quote in the arguments',
    "%echo it's\nconst s = 'x'",
    'void $show(await $magic("echo", "it\'s"));\nconst s = \'x\'',
  ],
  ['whole cell', '%%echo a\nline 1\n`${', 'void $show(await $magic("echo", "a", "line 1\\n`${"));\n\n'],
  ['whole cell after blank lines', '\n%%echo\nb', '\nvoid $show(await $magic("echo", "", "b"));\n'],
];

test.each(table)('%s', (_what, code, expected) => {
  const transformed = transformMagics(code, magics);
  expect(transformed).toBe(expected);
  expect(transformed.split('\n').length).toBe(code.split('\n').length);
});

test.each([
  ['modulo', 'a % b'],
  ['modulo over two lines', 'a\n% b'],
  ['modulo without a blank', 'const r = a\n%b'],
  ['modulo and more', 'const r = a\n%b + 1'],
  ['modulo of a difference', 'const r = a\n%b-c'],
  ['in brackets', '(a\n%echo (b))'],
  ['in a call', 'f(\n%echo\n)'],
  ['after an operator', 'a +\n%echo'],
  ['string', '"\\\n%echo a"'],
  ['template', '`\n%echo a\n`'],
  ['in a template in a template', '`${`\n%echo ${1}`}\n%echo a`'],
  ['comment', '/*\n%echo a\n*/'],
  ['line comment', '// = %echo'],
  ['assignment by modulo', 'a %= echo'],
  ['regular expression', 'x = /= %echo`/\ny'],
  ['regular expression with a quote', "const m = /'/\nconst s = '= %echo'"],
])('%s is no magic', (_what, code) => {
  expect(transformMagics(code, magics)).toBe(code);
});

test('a cell without a candidate needs no scan', () => {
  expect(mayHoldMagics('const a = 5 % 3; a %b')).toBe(false);
  expect(mayHoldMagics('const a = %b')).toBe(true);
});
