import { styleText } from 'node:util';
import type { TokenKind } from '../code-tokens.ts';

type Format = Parameters<typeof styleText>[0];

/** How each kind of text looks. */
const formats = {
  comment: 'gray',
  string: 'green',
  magic: ['magenta', 'bold'],
  keyword: 'cyan',
  number: 'yellow',
  input: ['green', 'bold'],
  result: ['red', 'bold'],
  quiet: 'dim',
  strong: 'bold',
  bracket: ['bold', 'underline'],
  selected: 'inverse',
  warning: 'yellow',
  failure: 'red',
} satisfies Record<string, Format> & Record<TokenKind, Format>;

export type Look = keyof typeof formats;

/** Gives text the look of its kind; leaves it alone where there are no colours. */
export type Paint = (look: Look, text: string) => string;

export const colored: Paint = (look, text) =>
  text === '' ? '' : styleText(formats[look], text, { validateStream: false });

export const uncolored: Paint = (_, text) => text;

/** Whether a terminal is to get colours: https://no-color.org, and `TERM=dumb` has none. */
export function wantsColors({ NO_COLOR, TERM, FORCE_COLOR }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true;
  return !NO_COLOR && TERM !== 'dumb';
}
