import ts from 'typescript';
import type { CellPlace } from './complete-cell.ts';
import { earlierPrefix } from './earlier-uses.ts';
import { signatureHelp } from './signature-help.ts';
import type { Explanation } from './types-protocol.ts';

/** What a name of a cell is: signature, documentation; with `detail` also its source. Undefined if there is none. */
export function inspectCell(place: CellPlace, { detail }: { detail: boolean }): Explanation | undefined {
  const found = quickInfo(place) ?? calledFunction(place);
  if (!found) return undefined;
  const source = detail && found.name !== undefined ? sourceOf(place, found.name) : undefined;
  return describe({ ...found, ...(source !== undefined && { source }) });
}

interface Found {
  readonly name?: string;
  readonly signature: string;
  readonly documentation: string;
  readonly tags: readonly { name: string; text: string }[];
  readonly source?: string;
}

/** The name at the cursor or just before it. */
function quickInfo({ project, cell, position }: CellPlace): Found | undefined {
  const { code } = cell;
  const isWord = (at: number) => /[\p{ID_Continue}$]/u.test(code[at] ?? '');
  const at = isWord(position) || !isWord(position - 1) ? position : position - 1;
  const viewPosition = cell.toView(at);
  if (viewPosition === undefined) return undefined;
  const info = project.service.getQuickInfoAtPosition(cell.file, viewPosition);
  const text = ts.displayPartsToString(info?.displayParts);
  // A name that is nowhere declared.
  if (!info || text === '' || text === 'any') return undefined;
  const { start, length } = info.textSpan;
  return {
    name: cell.text.slice(start, start + length).replace(earlierPrefix, ''),
    signature: ownWords(text).replaceAll(earlierPrefix, ''),
    documentation: ts.displayPartsToString(info.documentation),
    tags: (info.tags ?? []).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) })),
  };
}

/** Names of earlier cells come as imports; the user has imported none of them. */
function ownWords(signature: string): string {
  return /^\(alias\) (?!module)/.test(signature)
    ? signature.replace(/^\(alias\) /, '').replace(/\nimport [\p{ID_Continue}$]+$/u, '')
    : signature;
}

/** The function in whose call the cursor is. */
function calledFunction(place: CellPlace): Found | undefined {
  const found = signatureHelp(place);
  if (!found) return undefined;
  const { before, parameters, separator, after, documentation, tags } = found;
  return { signature: before + parameters.join(separator) + after, documentation, tags };
}

function sourceOf({ project, cell }: CellPlace, name: string): string | undefined {
  return cell.names.has(name) ? cell.names.get(name) : project.names.get(name)?.source || undefined;
}

function describe({ signature, documentation, tags, source }: Found): Explanation {
  const markdown = [fenced(signature), documentation, ...tags.map(tagMarkdown)];
  const text = [signature, documentation, ...tags.map(({ name, text }) => `@${name} ${text}`.trim())];
  if (source !== undefined) {
    markdown.push('**Source**', fenced(source));
    text.push(`Source:\n${source}`);
  }
  const join = (parts: readonly string[]) => parts.filter((part) => part !== '').join('\n\n');
  return { markdown: join(markdown), text: join(text) };
}

const fenced = (code: string): string => `\`\`\`typescript\n${code}\n\`\`\``;

function tagMarkdown({ name, text }: { name: string; text: string }): string {
  if (name === 'example') return `**example**\n\n${text.includes('```') ? text : fenced(text)}`;
  const [, subject, rest = ''] = /^([\p{ID_Continue}$.[\]]+)\s*(?:-\s*)?(.*)$/su.exec(text) ?? [];
  if (name === 'param' && subject) return `**param** \`${subject}\` ${rest}`.trim();
  return `**${name}** ${text}`.trim();
}
