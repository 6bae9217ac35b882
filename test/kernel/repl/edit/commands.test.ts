import { describe, expect, test } from 'vitest';
import {
  type EditCommandName,
  editCommands,
  insert,
  type as typeText,
} from '../../../../kernel/repl/edit/commands.ts';
import { type Editor, editorOf } from '../../../../kernel/repl/edit/editor.ts';

/** `ab|c`: the bar is the cursor. */
function parse(text: string): Editor {
  const cursor = text.indexOf('|');
  return editorOf(text.replace('|', ''), cursor);
}

const show = ({ text, cursor }: Editor): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

const edited = (text: string, ...names: EditCommandName[]): string =>
  show(names.reduce((editor, name) => editCommands[name](editor), parse(text)));

test.each<[EditCommandName, string, string]>([
  ['left', 'ab|c', 'a|bc'],
  ['left', 'a\n|b', 'a|\nb'],
  ['left', '|a', '|a'],
  ['right', 'a|\nb', 'a\n|b'],
  ['left', 'x👩‍👩‍👧|y', 'x|👩‍👩‍👧y'],
  ['right', 'e|é!', 'eé|!'],
  ['wordLeft', 'foo.bar_1 |', 'foo.|bar_1 '],
  ['wordRight', '|  größe = 1', '  größe| = 1'],
  ['lineStart', '  a|b', '  |ab'],
  ['lineStart', '  |ab', '|  ab'],
  ['lineEnd', 'a|b\nc', 'ab|\nc'],
  ['textStart', 'a\nb|', '|a\nb'],
  ['textEnd', '|a\nb', 'a\nb|'],
  ['deleteBack', 'é|', '|'],
  ['deleteBack', '    |a', '  |a'],
  ['deleteBack', 'a  |', 'a |'],
  ['deleteForward', 'a|\nb', 'a|b'],
  ['killWordBack', 'foo bar|', 'foo |'],
  ['killBlankBack', 'a --flag=1|', 'a |'],
  ['killWordForward', 'a |bc d', 'a | d'],
  ['killLineBack', 'a\nbc|d', 'a\n|d'],
  ['killLineForward', 'a|b\nc', 'a|\nc'],
  ['killLineForward', 'a|\nc', 'a|c'],
  ['transpose', 'ab|c', 'acb|'],
  ['transpose', 'abc|', 'acb|'],
  ['newline', 'f() {|', 'f() {\n  |'],
  ['newline', '  a|', '  a\n  |'],
  ['newline', 'f(|)', 'f(\n  |\n)'],
  ['outdent', '    a|', '  a|'],
])('%s: %j becomes %j', (name, before, expected) => {
  expect(edited(before, name)).toBe(expected);
});

describe('moves up and down', () => {
  test('keep to their column through shorter lines', () => {
    expect(edited('abcd|\nx\nabcdef', 'down')).toBe('abcd\nx|\nabcdef');
    expect(edited('abcd|\nx\nabcdef', 'down', 'down')).toBe('abcd\nx\nabcd|ef');
    expect(edited('abcd|\nx\nabcdef', 'down', 'left', 'down')).toBe('abcd\nx\n|abcdef');
  });

  test('count characters, not UTF-16 units', () => {
    expect(edited('👍👍|x\nabcd', 'down')).toBe('👍👍x\nab|cd');
  });
});

test('what was cut comes back', () => {
  expect(edited('foo bar|', 'killWordBack', 'textStart', 'yank')).toBe('bar|foo ');
});

test('a closing bracket that begins a line goes one step back', () => {
  expect(show(typeText(parse('f() {\n  |'), '}'))).toBe('f() {\n}|');
  expect(show(typeText(parse('a = |'), '}'))).toBe('a = }|');
});

test('letters typed one after another are undone together, other changes one by one', () => {
  let editor = parse('|');
  for (const letter of 'abc') editor = typeText(editor, letter);
  editor = insert(editor, ' pasted');
  expect(show(editCommands.undo(editor))).toBe('abc|');
  expect(show(editCommands.undo(editCommands.undo(editor)))).toBe('|');
  expect(show(editCommands.redo(editCommands.redo(editCommands.undo(editCommands.undo(editor)))))).toBe(
    'abc pasted|',
  );
});
