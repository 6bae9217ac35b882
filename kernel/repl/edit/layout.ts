import stringWidth from 'string-width';
import { codeSpans } from '../highlight.ts';
import type { Look, Paint } from '../theme.ts';
import type { Editor } from './editor.ts';
import { graphemes } from './places.ts';

export interface Layout {
  /** Rows of the screen, each within the width. */
  readonly rows: readonly string[];
  /** Where the cursor is among them, from 0. */
  readonly cursor: { readonly x: number; readonly y: number };
}

export interface LayoutOptions {
  /** What stands before the first line, and before all others: of the same width. */
  readonly prompts: readonly [string, string];
  readonly columns: number;
  /** Most rows; the part around the cursor is shown of a longer text. */
  readonly rows: number;
  readonly paint: Paint;
  /** Shown instead of each letter: of passwords. */
  readonly mask?: string;
}

interface Screen {
  readonly rows: string[];
  readonly paint: Paint;
  x: number;
  cursor: { x: number; y: number };
  /** Letters of one look that are still to be put into the last row. */
  run: { look: Look | undefined; text: string };
}

/** A text being edited as rows of the screen: highlighted, wrapped, at most so many. */
export function layout(editor: Editor, options: LayoutOptions): Layout {
  const { prompts, columns, paint } = options;
  if (options.mask !== undefined) return masked(editor, options);
  const screen: Screen = {
    ...{ rows: [prompts[0]], x: stringWidth(prompts[0]), paint },
    ...{ cursor: { x: 0, y: 0 }, run: { look: undefined, text: '' } },
  };
  let position = 0;
  const put = (segment: string, look?: Look): void => {
    const text = shown(segment);
    if (screen.x + Math.max(1, stringWidth(text)) > columns)
      newRow(screen, ' '.repeat(stringWidth(prompts[1])));
    if (position === editor.cursor) screen.cursor = { x: screen.x, y: screen.rows.length - 1 };
    position += segment.length;
    if (segment === '\n') newRow(screen, prompts[1]);
    else add(screen, text, text === segment ? look : 'quiet');
  };
  for (const { look, text } of codeSpans(editor.text, editor.cursor))
    for (const { segment } of graphemes(text)) put(segment, look);
  // The cursor may be behind the last letter.
  put('');
  flush(screen);
  return around(screen, options.rows);
}

function newRow(screen: Screen, prompt: string): void {
  flush(screen);
  screen.rows.push(prompt);
  screen.x = stringWidth(prompt);
}

function add(screen: Screen, text: string, look: Look | undefined): void {
  if (screen.run.look !== look) flush(screen);
  screen.run = { look, text: screen.run.text + text };
  screen.x += stringWidth(text);
}

function flush(screen: Screen): void {
  const { look, text } = screen.run;
  screen.rows[screen.rows.length - 1] += look ? screen.paint(look, text) : text;
  screen.run = { look, text: '' };
}

/** A tab is two columns wide; control characters are shown as in `^A`. */
function shown(segment: string): string {
  if (segment === '\t') return '  ';
  if (segment === '' || segment === '\n') return '';
  const code = segment.charCodeAt(0);
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : segment;
}

function masked(editor: Editor, { prompts, mask = '' }: LayoutOptions): Layout {
  const before = mask.repeat(graphemes(editor.text.slice(0, editor.cursor)).length);
  const row = prompts[0] + mask.repeat(graphemes(editor.text).length);
  return { rows: [row], cursor: { x: stringWidth(prompts[0] + before), y: 0 } };
}

/** So many rows around the cursor. */
function around({ rows, cursor }: Screen, most: number): Layout {
  if (rows.length <= most) return { rows, cursor };
  const first = Math.min(Math.max(0, cursor.y - Math.floor(most / 2)), rows.length - most);
  return { rows: rows.slice(first, first + most), cursor: { x: cursor.x, y: cursor.y - first } };
}
