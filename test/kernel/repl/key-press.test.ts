import type { Key } from 'ink';
import { expect, test } from 'vitest';
import { keyPresses } from '../../../kernel/repl/key-press.ts';

const key = (on: Partial<Key> = {}): Key => on as Key;
const names = (input: string, on?: Partial<Key>): string[] =>
  keyPresses(input, key(on)).map(({ name, text }) => (name === 'text' ? `text ${text}` : name));

test('letters and special keys', () => {
  expect(names('a')).toEqual(['text a']);
  expect(names('', { upArrow: true })).toEqual(['up']);
  expect(names('', { return: true, meta: true })).toEqual(['alt+enter']);
  expect(names('', { return: true, shift: true })).toEqual(['shift+enter']);
  expect(names('r', { ctrl: true })).toEqual(['ctrl+r']);
  expect(names('b', { meta: true })).toEqual(['alt+b']);
  expect(names('', { escape: true, meta: true })).toEqual(['escape']);
  expect(names('A', { shift: true })).toEqual(['text A']);
});

test('several keys that came at once are taken one by one', () => {
  expect(names('1+1\r2\u007f\tx\n')).toEqual([
    ...['text 1+1', 'enter', 'text 2', 'backspace', 'tab', 'text x', 'ctrl+j'],
  ]);
});

test("a terminal's late answers and keys that are let go are no input", () => {
  expect(names('[?62;4c')).toEqual([]);
  expect(names('_Gi=31;OK')).toEqual([]);
  expect(names('a', { eventType: 'release' })).toEqual([]);
});
