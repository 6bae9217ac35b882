import { codeTokens } from '../code-tokens.ts';
import { escapeHtml } from './escape.ts';

/** TypeScript source as HTML, with spans for comments, strings, magics, keywords and numbers. */
export function highlight(source: string): string {
  let html = '';
  let position = 0;
  for (const { kind, start, end } of codeTokens(source)) {
    html += `${escapeHtml(source.slice(position, start))}<span class="${kind}">${escapeHtml(source.slice(start, end))}</span>`;
    position = end;
  }
  return html + escapeHtml(source.slice(position));
}
