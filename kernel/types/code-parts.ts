import { codeOf } from '../../magics/arguments.ts';
import type { Magic } from '../../magics/magic.ts';
import type { MagicText } from '../magics-scanner.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where TypeScript stands in a magic that takes code: at the end of its line, perhaps empty, and below it. */
export interface CodeParts {
  readonly line: Span;
  readonly body: Span | undefined;
}

/** The parts of `text`, a magic of the cell `code`, that are TypeScript; undefined if it takes no code. */
export function codeParts(code: string, text: MagicText, magic: Magic | undefined): CodeParts | undefined {
  if (!magic?.runs) return undefined;
  const nameEnd = text.start + (text.body === undefined ? 1 : 2) + text.name.length;
  const lineStart = nameEnd + /^[^\S\n]*/.exec(code.slice(nameEnd))![0].length;
  const end = lineStart + text.line.length;
  const line = { start: end - codeOf(magic, text.line).length, end };
  return {
    line,
    body: text.body === undefined ? undefined : { start: text.end - text.body.length, end: text.end },
  };
}
