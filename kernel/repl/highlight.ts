import { codeTokens } from '../code-tokens.ts';
import { bracketPair } from './edit/brackets.ts';
import type { Look, Paint } from './theme.ts';

interface Span {
  readonly look: Look | undefined;
  readonly text: string;
}

/** Source in pieces of one look each. With a cursor, the pair of brackets at it stands out. */
export function codeSpans(source: string, cursor?: number): Span[] {
  const pair = cursor === undefined ? undefined : bracketPair(source, cursor);
  const marks: { start: number; end: number; look: Look }[] = codeTokens(source).map(
    ({ kind, start, end }) => ({ look: kind, start, end }),
  );
  for (const at of pair ?? []) marks.push({ look: 'bracket', start: at, end: at + 1 });
  marks.sort((a, b) => a.start - b.start);
  const spans: Span[] = [];
  let position = 0;
  for (const { look, start, end } of marks) {
    if (start > position) spans.push({ look: undefined, text: source.slice(position, start) });
    spans.push({ look, text: source.slice(start, end) });
    position = end;
  }
  return [...spans, { look: undefined, text: source.slice(position) }].filter(({ text }) => text !== '');
}

/** Source as a terminal shows it; every line has its own escape sequences. */
export const highlightCode = (source: string, paint: Paint): string =>
  codeSpans(source)
    .map(({ look, text }) => (look ? text.replace(/[^\n]+/g, (line) => paint(look, line)) : text))
    .join('');
