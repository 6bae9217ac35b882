import { escapeHtml } from './html-escape.ts';

const keywords =
  'as async await break case catch class const continue default delete do else export extends false finally for from ' +
  'function if import in instanceof interface let new null of return satisfies switch this throw true try type typeof ' +
  'undefined var void while yield';

/** What a reader's eye looks for, the first that fits at a place. */
const classes: readonly [name: string, pattern: string][] = [
  ['comment', String.raw`\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)`],
  ['string', String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\`(?:\\[\s\S]|[^\`\\])*\``],
  ['magic', String.raw`(?<=^[ \t]*|=\s*)%{1,2}[A-Za-z_]\w*`],
  ['keyword', `\\b(?:${keywords.replaceAll(' ', '|')})\\b`],
  ['number', String.raw`\b\d[\w.]*`],
];

const token = new RegExp(classes.map(([name, pattern]) => `(?<${name}>${pattern})`).join('|'), 'gm');

/** TypeScript source as HTML, with spans for comments, strings, magics, keywords and numbers. */
export function highlight(source: string): string {
  let html = '';
  let position = 0;
  for (const match of source.matchAll(token)) {
    const [name] = Object.entries(match.groups!).find(([, text]) => text !== undefined)!;
    html += `${escapeHtml(source.slice(position, match.index))}<span class="${name}">${escapeHtml(match[0])}</span>`;
    position = match.index + match[0].length;
  }
  return html + escapeHtml(source.slice(position));
}
