import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandText, shellWords } from '../../devices/shell-words.ts';

test('a shell reads the words back as they were', () => {
  const words = ['a b', "it's", '"', '$x', '`y`', '\\', '', '*', '\n', 'ü', '--', '~'];
  const script = `printf '%s\\0' ${shellWords(words)}`;
  expect(execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1)).toEqual(words);
});

test('messages name a command on one short line', () => {
  expect(commandText(['sh', '-c', 'a\nb'])).toBe("sh -c 'a b'");
  expect(commandText(['x'.repeat(100)])).toHaveLength(60);
});
