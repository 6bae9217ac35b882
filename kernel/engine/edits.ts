/** A replacement of `[start, end)` of a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `text` with all `edits` applied; at one place insertions come first, in the order given. Lines keep their numbers. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let position = 0;
  for (const edit of [...edits].sort(
    (a, b) => a.start - b.start || Math.sign(a.end - a.start) - Math.sign(b.end - b.start),
  )) {
    result += text.slice(position, edit.start) + keepLines(text, edit);
    position = edit.end;
  }
  return result + text.slice(position);
}

/** The text of an edit, with the line breaks that it would take away. */
export function keepLines(text: string, edit: Edit): string {
  const lost = newlines(text.slice(edit.start, edit.end)) - newlines(edit.text);
  return edit.text + '\n'.repeat(Math.max(0, lost));
}

/** `text` with all but its line breaks replaced by spaces. */
export function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}
