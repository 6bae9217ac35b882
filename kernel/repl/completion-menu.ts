import type { Completion, CompletionMatch } from '../types/types-protocol.ts';
import type { Editor } from './edit/editor.ts';
import { changed } from './edit/editor.ts';

/** What may stand at the cursor, one of it chosen. */
export interface CompletionMenu {
  readonly start: number;
  readonly end: number;
  readonly matches: readonly CompletionMatch[];
  readonly selected: number;
  /** Of the chosen one, when it is known. */
  readonly documentation?: string | undefined;
}

/** What all matches begin with. */
export function commonPrefix(matches: readonly CompletionMatch[]): string {
  const [first, ...rest] = matches.map(({ text }) => text);
  let prefix = first ?? '';
  for (const text of rest) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}

export interface Completed {
  readonly editor: Editor;
  readonly menu?: CompletionMenu;
}

/**
 * What Tab makes of the matches: the only one is taken, what all have in common is typed, and a menu shows the rest.
 */
export function complete(editor: Editor, { start, end, matches }: Completion): Completed {
  if (matches.length === 0) return { editor };
  if (matches.length === 1) return { editor: take(editor, { start, end, text: matches[0]!.text }) };
  const prefix = commonPrefix(matches);
  const longer = prefix.length > end - start && prefix.startsWith(editor.text.slice(start, end));
  if (!longer) return { editor, menu: { start, end, matches, selected: 0 } };
  return {
    editor: take(editor, { start, end, text: prefix }),
    menu: { start, end: start + prefix.length, matches, selected: 0 },
  };
}

/** The text with the chosen match in it. */
export function accept(editor: Editor, { start, end, matches, selected }: CompletionMenu): Editor {
  return take(editor, { start, end, text: matches[selected]!.text });
}

/** Another match is chosen; beyond the last is the first. */
export function select(menu: CompletionMenu, by: number): CompletionMenu {
  const count = menu.matches.length;
  return { ...menu, selected: (menu.selected + by + count) % count, documentation: undefined };
}

const take = (editor: Editor, { start, end, text }: { start: number; end: number; text: string }): Editor =>
  changed(editor, { start, end, by: text });

/** Matches that still fit what has been typed since; undefined if none does, or the cursor is elsewhere. */
export function refined(menu: CompletionMenu, editor: Editor): CompletionMenu | undefined {
  const typed = editor.text.slice(menu.start, editor.cursor);
  if (editor.cursor < menu.start || /\s/.test(typed)) return undefined;
  const matches = menu.matches.filter(({ text }) => text.startsWith(typed));
  if (matches.length === 0 || (matches.length === 1 && matches[0]!.text === typed)) return undefined;
  return { start: menu.start, end: editor.cursor, matches, selected: 0 };
}
