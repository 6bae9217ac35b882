import { changed, type EditCommand, type Editor, moved, redo, undo } from './editor.ts';
import {
  after,
  before,
  blankStart,
  graphemes,
  isFirstLine,
  isLastLine,
  lineEnd,
  lineStart,
  wordEnd,
  wordStart,
} from './places.ts';

const step = '  ';

/** What keys can do with a text, by the names that readline gives most of them. */
export const editCommands = {
  left: (editor) => moved(editor, before(editor)),
  right: (editor) => moved(editor, after(editor)),
  wordLeft: (editor) => moved(editor, wordStart(editor)),
  wordRight: (editor) => moved(editor, wordEnd(editor)),
  lineStart: (editor) => moved(editor, smartStart(editor)),
  lineEnd: (editor) => moved(editor, lineEnd(editor)),
  textStart: (editor) => moved(editor, 0),
  textEnd: (editor) => moved(editor, editor.text.length),
  up: (editor) => vertical(editor, -1),
  down: (editor) => vertical(editor, 1),
  deleteBack: (editor) => deleteBack(editor),
  deleteForward: (editor) => changed(editor, { start: editor.cursor, end: after(editor) }),
  killWordBack: (editor) => kill(editor, wordStart(editor), editor.cursor),
  killBlankBack: (editor) => kill(editor, blankStart(editor), editor.cursor),
  killWordForward: (editor) => kill(editor, editor.cursor, wordEnd(editor)),
  killLineBack: (editor) => kill(editor, lineStart(editor), editor.cursor),
  killLineForward: (editor) => {
    const end = lineEnd(editor);
    return kill(editor, editor.cursor, end === editor.cursor ? after(editor) : end);
  },
  yank: (editor) => insert(editor, editor.killed),
  transpose: (editor) => transpose(editor),
  newline: (editor) => newline(editor),
  indent: (editor) => insert(editor, step),
  outdent: (editor) => outdent(editor),
  undo,
  redo,
} satisfies Record<string, EditCommand>;

export type EditCommandName = keyof typeof editCommands;

/** Puts text at the cursor. */
export const insert = (editor: Editor, by: string): Editor =>
  changed(editor, { start: editor.cursor, end: editor.cursor, by });

const closing = /^[)\]}]$/;

/** Puts what is typed at the cursor; a closing bracket that begins a line goes one step back. */
export function type(editor: Editor, by: string): Editor {
  const { cursor, text } = editor;
  const start = lineStart(editor);
  const isFirst =
    closing.test(by) && text.slice(start, cursor).trim() === '' && cursor - start >= step.length;
  return changed(editor, { start: isFirst ? cursor - step.length : cursor, end: cursor, by, isTyping: true });
}

/** The first letter of the line or, from there, its begin. */
function smartStart(editor: Editor): number {
  const start = lineStart(editor);
  const first = start + /^[ \t]*/.exec(editor.text.slice(start))![0].length;
  return editor.cursor === first ? start : first;
}

/** To the same column of another line. */
function vertical(editor: Editor, by: -1 | 1): Editor {
  if (by < 0 ? isFirstLine(editor) : isLastLine(editor)) return editor;
  const start = lineStart(editor);
  const goal = editor.goal ?? graphemes(editor.text.slice(start, editor.cursor)).length;
  const other = by < 0 ? moved(editor, start - 1) : moved(editor, lineEnd(editor) + 1);
  const line = editor.text.slice(lineStart(other), lineEnd(other));
  const column = graphemes(line)[goal]?.index ?? line.length;
  return moved(editor, lineStart(other) + column, goal);
}

/** Takes a whole step of indentation at once. */
function deleteBack(editor: Editor): Editor {
  const { text, cursor } = editor;
  const indent = text.slice(lineStart(editor), cursor);
  const isIndent = indent.length > 0 && indent.length % step.length === 0 && /^ +$/.test(indent);
  return changed(editor, { start: isIndent ? cursor - step.length : before(editor), end: cursor });
}

function kill(editor: Editor, start: number, end: number): Editor {
  const killed = editor.text.slice(start, end);
  return killed === '' ? editor : changed(editor, { start, end, killed });
}

function transpose(editor: Editor): Editor {
  const at = editor.cursor === lineEnd(editor) ? before(editor) : editor.cursor;
  const left = before(moved(editor, at));
  if (at === left || at === lineStart(editor)) return editor;
  const end = after(moved(editor, at));
  return changed(editor, {
    ...{ start: left, end },
    by: editor.text.slice(at, end) + editor.text.slice(left, at),
  });
}

/** A line break with the line's own indentation, one step deeper behind an opening bracket. */
function newline(editor: Editor): Editor {
  const { text, cursor } = editor;
  const line = text.slice(lineStart(editor), cursor);
  const own = /^[ \t]*/.exec(line)![0];
  const isOpen = /[([{]\s*$/.test(line);
  const between = isOpen && closing.test(text[cursor] ?? '');
  const added = insert(editor, `\n${own}${isOpen ? step : ''}`);
  return between ? { ...insert(added, `\n${own}`), cursor: added.cursor, undo: added.undo } : added;
}

function outdent(editor: Editor): Editor {
  const start = lineStart(editor);
  const spaces = /^ {0,2}/.exec(editor.text.slice(start))![0].length;
  const less = changed(editor, { start, end: start + spaces });
  return { ...less, cursor: Math.max(start, editor.cursor - spaces) };
}
