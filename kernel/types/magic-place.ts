import type { Magic } from '../../magics/magic.ts';
import { findMagics, type MagicText } from '../magics-scanner.ts';

/** A cursor in the line of a magic that has a name. */
export interface MagicLine {
  readonly name: string;
  /** Where `%` stands. */
  readonly start: number;
  /** What stands between the name and the cursor; undefined in the name itself. */
  readonly before: string | undefined;
  readonly text: MagicText;
}

/** The magic in whose first line `position` is; undefined in TypeScript text or the body of `%%name`. */
export function magicLineAt(code: string, position: number, magics: readonly Magic[]): MagicLine | undefined {
  const typed = [...code.matchAll(/%([A-Za-z_]\w*(?:-[A-Za-z]\w*)*)/g)].map(([, name = '']) => name);
  const known = new Set([...magics.map(({ name }) => name), ...typed]);
  const text = findMagics(code, known).find(({ start, end }) => position >= start && position <= end);
  if (!text) return undefined;
  const lineEnd = code.indexOf('\n', text.start);
  if (lineEnd >= 0 && position > lineEnd) return undefined;
  const nameEnd = text.start + /^%+\w*(?:-[A-Za-z]\w*)*/.exec(code.slice(text.start))![0].length;
  const before = position <= nameEnd ? undefined : code.slice(nameEnd, position);
  return { name: text.name, start: text.start, before, text };
}
