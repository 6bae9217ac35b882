import ts from 'typescript';
import type { CellProject, KnownName, OpenCell } from './cell-project.ts';
import { completePath } from './complete-path.ts';
import { isSpecifier, packageSpecifiers } from './complete-specifier.ts';
import type { Completion, CompletionMatch } from './types-protocol.ts';

export interface CellPlace {
  readonly project: CellProject;
  readonly cell: OpenCell;
  /** In the cell's own text. */
  readonly position: number;
  /** The notebook's folder. */
  readonly cwd: string;
}

/** More than these nobody reads, and front ends become slow. */
const maxMatches = 500;
/** A signature takes the compiler longer than a name: they are told if there are at most so many. */
const maxSignatures = 20;

const settings: ts.GetCompletionsAtPositionOptions = {
  includeCompletionsForModuleExports: false,
  includeCompletionsWithInsertText: false,
  includeCompletionsForImportStatements: false,
};

/** What the kernel calls for magics and commands; not for people. */
const internals = new Set(['$magic', '$show', '$help', '$shell', '$lines']);

const isName = /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** What may stand at a place of TypeScript text: members, variables of all cells, globals, keywords, modules, files. */
export function completeCell(place: CellPlace): Completion {
  const { project, cell, position } = place;
  const viewPosition = cell.toView(position);
  const nothing = { start: position, end: position, matches: [] };
  if (viewPosition === undefined) return nothing;
  const info = project.service.getCompletionsAtPosition(cell.file, viewPosition, settings);
  const string = stringAtEnd(cell.code.slice(0, position));
  if (string) return completeString(place, { info, string });
  const start = wordStart(cell.code, position);
  const typed = cell.code.slice(start, position);
  const isInternal = (name: string) => internals.has(name) && !project.names.has(name);
  const names = [
    ...(info?.isGlobalCompletion || (info && !info.isMemberCompletion) ? knownNames(project, cell) : []),
    ...(info?.entries ?? []).filter(
      ({ name, kind }) => isName.test(name) && !isInternal(name) && kind !== ts.ScriptElementKind.warning,
    ),
  ];
  const matches = bestFirst(names, typed).map(({ name, kind }) => ({ text: name, type: typeOf(kind) }));
  return { start, end: position, matches: withSignatures(matches, place) };
}

interface Candidate {
  readonly name: string;
  readonly kind: string;
  readonly sortText: string;
}

/** Of the names that occur nowhere in the cell the compiler has not been told. */
function knownNames(project: CellProject, { code }: OpenCell): Candidate[] {
  const own = (name: string) => code.includes(`function ${name}`) || code.includes(`class ${name}`);
  return [...project.names.values()]
    .filter(({ name }) => !own(name))
    .map(({ name, kind }: KnownName) => ({ name, kind, sortText: '00' }));
}

function bestFirst(candidates: readonly Candidate[], typed: string): Candidate[] {
  const lower = typed.toLowerCase();
  const rank = ({ name, sortText }: Candidate) => `${name.startsWith(typed) ? 0 : 1}${sortText}`;
  const unique = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { name } = candidate;
    if (name.toLowerCase().startsWith(lower) && !name.startsWith('__edgebook') && !unique.has(name))
      unique.set(name, candidate);
  }
  return [...unique.values()]
    .sort((a, b) => compare(rank(a), rank(b)) || compare(a.name, b.name))
    .slice(0, maxMatches);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const types: Readonly<Record<string, string>> = {
  method: 'method',
  getter: 'property',
  setter: 'property',
  var: 'variable',
  'local var': 'variable',
  parameter: 'variable',
  alias: 'variable',
  import: 'variable',
  script: 'path',
  directory: 'path',
  'external module name': 'module',
  'primitive type': 'type',
  'type parameter': 'type',
  'local function': 'function',
  'local class': 'class',
  'enum member': 'property',
  index: 'property',
  call: 'function',
};

const typeOf = (kind: string): string => types[kind] ?? kind;

function withSignatures(
  matches: readonly CompletionMatch[],
  { project, cell, position }: CellPlace,
): CompletionMatch[] {
  if (matches.length > maxSignatures) return [...matches];
  return matches.map((match) => {
    if (match.type !== 'method' && match.type !== 'function') return match;
    const details = project.service.getCompletionEntryDetails(
      cell.file,
      cell.toView(position)!,
      match.text,
      {},
      undefined,
      undefined,
      undefined,
    );
    const text = ts.displayPartsToString(details?.displayParts);
    const signature = /\(.*$/s.exec(text.replace(/^\([a-z ]+\) /, ''))?.[0];
    return signature ? { ...match, signature } : match;
  });
}

interface OpenString {
  /** What stands before its quote, in its line. */
  readonly before: string;
  /** From its quote on. */
  readonly text: string;
}

/** The string inside which `code` ends. */
function stringAtEnd(code: string): OpenString | undefined {
  const line = code.slice(code.lastIndexOf('\n') + 1);
  const strings = line.replace(/\/\/.*$/, (comment) => (/["']/.test(comment) ? comment : ''));
  const open =
    /^((?:[^"'`\\]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)*)(["'])((?:\\.|(?!\2)[^\\])*)$/.exec(
      strings,
    );
  return open ? { before: open[1]!, text: open[3]! } : undefined;
}

function completeString(
  { cell, position, cwd }: CellPlace,
  { info, string }: { info: ts.CompletionInfo | undefined; string: OpenString },
): Completion {
  const { before, text } = string;
  // Also in an import: Node wants the file's ending, which the compiler leaves out.
  if (/^(?:\.{0,2}|~)\//.test(text)) return completePath(text, { cwd, end: position });
  const entries = info?.entries ?? [];
  const span = entries[0]?.replacementSpan ?? info?.optionalReplacementSpan;
  const start = (span && cell.toCell(span.start)) ?? position - text.length;
  const typed = cell.code.slice(start, position);
  const matches = bestFirst(entries, typed).map(({ name, kind }) => ({ text: name, type: typeOf(kind) }));
  if (!isSpecifier(before)) return { start, end: position, matches };
  // The compiler knows of packages only those that the folder's package.json lists.
  const head = text.slice(0, text.length - typed.length);
  const known = matches.map((match) => ({ ...match, text: head + match.text }));
  const listed = new Set(known.map((match) => match.text));
  const installed = packageSpecifiers(text, cwd).filter((name) => !listed.has(name));
  const packages = installed.map((name) => ({ text: name, type: 'module' }));
  return { start: position - text.length, end: position, matches: [...packages, ...known] };
}

function wordStart(code: string, position: number): number {
  return position - /[\p{ID_Continue}$#]*$/u.exec(code.slice(0, position))![0].length;
}
