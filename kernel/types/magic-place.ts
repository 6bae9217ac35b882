import type { Magic } from '../../magics/magic.ts';
import { findMagics, type MagicText } from '../magics-scanner.ts';
import { codeParts, type Span } from './code-parts.ts';

/** A cursor in the line of a magic that has a name. */
export interface MagicLine {
  readonly name: string;
  /** Where `%` stands. */
  readonly start: number;
  /** What stands between the name and the cursor; undefined in the name itself. */
  readonly before: string | undefined;
  readonly text: MagicText;
}

/**
 * The magic in whose first line `position` is; undefined in TypeScript text, also in that which a magic takes, and in
 * the body of `%%name`.
 */
export function magicLineAt(code: string, position: number, magics: readonly Magic[]): MagicLine | undefined {
  const typed = [...code.matchAll(/%([A-Za-z_]\w*(?:-[A-Za-z]\w*)*)/g)].map(([, name = '']) => name);
  const known = new Set([...magics.map(({ name }) => name), ...typed]);
  const text = findMagics(code, known).find(({ start, end }) => position >= start && position <= end);
  if (!text) return undefined;
  const inner = innerCode(code, position, { text, magics });
  if (inner) return magicLineIn(code, position, { span: inner, magics });
  const lineEnd = code.indexOf('\n', text.start);
  if (lineEnd >= 0 && position > lineEnd) return undefined;
  const nameEnd = text.start + /^%+\w*(?:-[A-Za-z]\w*)*/.exec(code.slice(text.start))![0].length;
  const before = position <= nameEnd ? undefined : code.slice(nameEnd, position);
  return { name: text.name, start: text.start, before, text };
}

/** Code that a magic takes may hold magics itself. */
function magicLineIn(
  code: string,
  position: number,
  { span, magics }: { span: Span; magics: readonly Magic[] },
): MagicLine | undefined {
  const line = magicLineAt(code.slice(span.start, span.end), position - span.start, magics);
  return line && { ...line, start: line.start + span.start };
}

/** The TypeScript of a magic in which the cursor is. */
function innerCode(
  code: string,
  position: number,
  { text, magics }: { text: MagicText; magics: readonly Magic[] },
): Span | undefined {
  const magic = magics.find(({ name }) => name === text.name);
  const parts = codeParts(code, text, magic);
  if (!magic || !parts) return undefined;
  const { line, body } = parts;
  if (body && position >= body.start) return body;
  const isEnd = position > line.end && !code.slice(line.end, position).includes('\n');
  const nameEnd = text.start + (body ? 2 : 1) + text.name.length;
  if (position < line.start || isEnd || position === nameEnd) return undefined;
  return isFlag(magic, code.slice(text.start, line.start), code.slice(line.start, position))
    ? undefined
    : line;
}

/** Whether what is typed so far, after `before`, may become a flag or is to be the value of one. */
function isFlag({ flags }: Magic, before: string, typed: string): boolean {
  if (flags.length === 0) return false;
  if (/^-{1,2}[A-Za-z]*$/.test(typed)) return true;
  const last = /(?:^|\s)-{1,2}([A-Za-z][\w-]*)\s*$/.exec(before + typed)?.[1];
  const flag = flags.find(({ name, short }) => name === last || short === last);
  return flag !== undefined && flag.kind !== 'switch';
}
