import { expect, test } from 'vitest';
import { accept, complete, refined, select } from '../../../kernel/repl/completion-menu.ts';
import { editorOf } from '../../../kernel/repl/edit/editor.ts';
import { typeText } from './typed.ts';

const matches = (...texts: string[]) => texts.map((text) => ({ text, type: 'method' }));
const editor = editorOf('Math.fl');

test('the only match is taken', () => {
  const { editor: after, menu } = complete(editor, { start: 5, end: 7, matches: matches('floor') });
  expect([after.text, after.cursor, menu]).toEqual(['Math.floor', 10, undefined]);
});

test('what all have in common is typed, and the menu shows them', () => {
  const found = complete(editorOf('a.to'), { start: 2, end: 4, matches: matches('toFixed', 'toFinite') });
  expect(found.editor.text).toBe('a.toFi');
  expect(found.menu).toMatchObject({ start: 2, end: 6, selected: 0 });
});

test('the menu goes round, and its choice goes into the text', () => {
  const { menu } = complete(editor, { start: 5, end: 7, matches: matches('flat', 'floor', 'fl') });
  expect(select(menu!, -1).selected).toBe(2);
  expect(accept(editor, select(menu!, 1)).text).toBe('Math.floor');
});

test('typing narrows the menu, until nothing fits or one is typed whole', () => {
  const { menu } = complete(editor, { start: 5, end: 7, matches: matches('flat', 'floor') });
  expect(refined(menu!, typeText(editor, 'o'))?.matches.map(({ text }) => text)).toEqual(['floor']);
  expect(refined(menu!, typeText(editor, 'x'))).toBeUndefined();
  expect(refined(menu!, typeText(editor, 'oor'))).toBeUndefined();
  expect(refined(menu!, typeText(editor, ' '))).toBeUndefined();
});
