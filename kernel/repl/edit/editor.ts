/** A text that is being edited. Positions are UTF-16 units from 0. */
export interface Editor {
  readonly text: string;
  readonly cursor: number;
  /** The column that moves up and down keep to; undefined after any other command. */
  readonly goal: number | undefined;
  /** What was cut last. */
  readonly killed: string;
  readonly undo: readonly Snapshot[];
  readonly redo: readonly Snapshot[];
  /** Letters typed one after another are one step of undo. */
  readonly isTyping: boolean;
}

interface Snapshot {
  readonly text: string;
  readonly cursor: number;
}

export type EditCommand = (editor: Editor) => Editor;

const mostUndo = 200;

export const emptyEditor: Editor = editorOf('');

export function editorOf(text: string, cursor = text.length): Editor {
  return { text, cursor, goal: undefined, killed: '', undo: [], redo: [], isTyping: false };
}

/** The same text, the cursor elsewhere. */
export const moved = (editor: Editor, cursor: number, goal?: number): Editor => ({
  ...editor,
  cursor,
  goal,
  isTyping: false,
});

export interface Change {
  /** What of the text is replaced: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly by?: string;
  readonly killed?: string;
  readonly isTyping?: boolean;
}

/** Replaces a part of the text; the cursor goes behind what is new. */
export function changed(editor: Editor, { start, end, by = '', killed, isTyping = false }: Change): Editor {
  if (start === end && by === '') return moved(editor, start);
  const undo =
    isTyping && editor.isTyping
      ? editor.undo
      : [...editor.undo, { text: editor.text, cursor: editor.cursor }].slice(-mostUndo);
  return {
    text: editor.text.slice(0, start) + by + editor.text.slice(end),
    cursor: start + by.length,
    goal: undefined,
    killed: killed ?? editor.killed,
    ...{ undo, redo: [], isTyping },
  };
}

/** Another text in place of this one, which undo brings back. */
export const replaced = (editor: Editor, text: string, cursor = text.length): Editor => ({
  ...changed(editor, { start: 0, end: editor.text.length, by: text }),
  cursor,
});

export const undo: EditCommand = (editor) => {
  const last = editor.undo.at(-1);
  if (!last) return editor;
  const redo = [...editor.redo, { text: editor.text, cursor: editor.cursor }];
  return { ...moved(editor, last.cursor), text: last.text, undo: editor.undo.slice(0, -1), redo };
};

export const redo: EditCommand = (editor) => {
  const last = editor.redo.at(-1);
  if (!last) return editor;
  const undo = [...editor.undo, { text: editor.text, cursor: editor.cursor }];
  return { ...moved(editor, last.cursor), text: last.text, undo, redo: editor.redo.slice(0, -1) };
};
