import type { Editor } from './editor.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a person sees as one character, each with where it starts. */
export const graphemes = (text: string): Intl.SegmentData[] => [...segmenter.segment(text)];

export const lineStart = ({ text, cursor }: Editor): number => text.lastIndexOf('\n', cursor - 1) + 1;

export function lineEnd({ text, cursor }: Editor): number {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
}

/** Where the character before the cursor starts; a line break is one. */
export function before(editor: Editor): number {
  const { text, cursor } = editor;
  const start = lineStart(editor);
  if (cursor === start) return Math.max(0, cursor - 1);
  return start + (graphemes(text.slice(start, cursor)).at(-1)?.index ?? 0);
}

/** Where the character after the cursor ends. */
export function after(editor: Editor): number {
  const { text, cursor } = editor;
  const end = lineEnd(editor);
  if (cursor === end) return Math.min(text.length, cursor + 1);
  return cursor + graphemes(text.slice(cursor, end))[0]!.segment.length;
}

const isWord = (letter: string | undefined): boolean =>
  letter !== undefined && /[\p{L}\p{N}\p{M}_$]/u.test(letter);

/** Start of the word at or before the cursor. */
export function wordStart({ text, cursor }: Editor): number {
  let at = cursor;
  while (at > 0 && !isWord(text[at - 1])) at--;
  while (at > 0 && isWord(text[at - 1])) at--;
  return at;
}

/** End of the word at or after the cursor. */
export function wordEnd({ text, cursor }: Editor): number {
  let at = cursor;
  while (at < text.length && !isWord(text[at])) at++;
  while (at < text.length && isWord(text[at])) at++;
  return at;
}

/** Start of what stands between blanks before the cursor. */
export function blankStart({ text, cursor }: Editor): number {
  let at = cursor;
  while (at > 0 && /\s/.test(text[at - 1]!)) at--;
  while (at > 0 && !/\s/.test(text[at - 1]!)) at--;
  return at;
}

export const isFirstLine = (editor: Editor): boolean => lineStart(editor) === 0;
export const isLastLine = (editor: Editor): boolean => lineEnd(editor) === editor.text.length;
