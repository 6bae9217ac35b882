const keywords =
  'as async await break case catch class const continue default delete do else export extends false finally for from ' +
  'function if import in instanceof interface let new null of return satisfies switch this throw true try type typeof ' +
  'undefined var void while yield';

/** What a reader's eye looks for. */
export type TokenKind = 'comment' | 'string' | 'magic' | 'keyword' | 'number';

export interface CodeToken {
  readonly kind: TokenKind;
  /** UTF-16 units from 0. */
  readonly start: number;
  readonly end: number;
}

/** The first that fits at a place. */
const patterns: Readonly<Record<TokenKind, string>> = {
  comment: String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`,
  string: String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\`(?:\\[\s\S]|[^\`\\])*\``,
  magic: String.raw`(?<=^[ \t]*|=\s*)%{1,2}[A-Za-z_]\w*`,
  keyword: `\\b(?:${keywords.replaceAll(' ', '|')})\\b`,
  number: String.raw`\b\d[\w.]*`,
};

const token = new RegExp(
  Object.entries(patterns)
    .map(([kind, pattern]) => `(?<${kind}>${pattern})`)
    .join('|'),
  'gm',
);

/** Comments, strings, magics, keywords and numbers of TypeScript source, in order. */
export function codeTokens(source: string): CodeToken[] {
  return [...source.matchAll(token)].map((match) => {
    const [kind] = Object.entries(match.groups!).find(([, text]) => text !== undefined)!;
    return { kind: kind as TokenKind, start: match.index, end: match.index + match[0].length };
  });
}
