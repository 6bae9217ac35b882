import { codeTokens } from '../../code-tokens.ts';

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const openers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Where the bracket before or at the cursor and its partner are; undefined without a pair. Strings and comments are skipped. */
export function bracketPair(text: string, cursor: number): readonly [number, number] | undefined {
  const hidden = codeTokens(text).filter(({ kind }) => kind === 'comment' || kind === 'string');
  const isCode = (at: number): boolean => !hidden.some(({ start, end }) => at >= start && at < end);
  const isBracket = (at: number): boolean => {
    const letter = text[at];
    return letter !== undefined && (letter in pairs || letter in openers) && isCode(at);
  };
  const at = [cursor - 1, cursor].find(isBracket);
  if (at === undefined) return undefined;
  const own = text[at]!;
  const by = own in pairs ? 1 : -1;
  const other = pairs[own] ?? openers[own]!;
  let depth = 0;
  for (let place = at; place >= 0 && place < text.length; place += by) {
    if (!isCode(place)) continue;
    if (text[place] === own) depth++;
    else if (text[place] === other) depth--;
    if (depth === 0) return [at, place];
  }
  return undefined;
}
