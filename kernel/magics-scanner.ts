import { findHelp } from './help-rule.ts';
import { isCommand } from './shell-rule.ts';

/** A magic in the text of a cell. */
export interface MagicText {
  readonly kind: 'statement' | 'assigned';
  /** From `%` to the end of the line, or of the cell for `%%`. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** What follows the name, without a closing `;` or comment. */
  readonly line: string;
  /** The rest of the cell, for `%%name`. */
  readonly body: string | undefined;
}

/** `!command` in the text of a cell. `shown`: `!!command`, whose lines are the value that is shown. */
export interface ShellText {
  readonly kind: 'statement' | 'assigned' | 'shown';
  /** From `!` to the end of the line; a line that ends in a backslash goes on in the next. */
  readonly start: number;
  readonly end: number;
  readonly command: string;
}

/** `name?`, `?name`, `%name?` in the text of a cell. */
export interface HelpText {
  readonly start: number;
  readonly end: number;
  /** With its `%`. */
  readonly name: string;
}

/** All in a cell that is not TypeScript. */
export interface SpecialTexts {
  readonly magics: readonly MagicText[];
  readonly commands: readonly ShellText[];
  readonly helps: readonly HelpText[];
}

export interface KnownNames {
  readonly magics: ReadonlySet<string>;
  /** Variables that earlier cells have declared. */
  readonly variables: ReadonlySet<string>;
}

interface Scan {
  readonly code: string;
  readonly known: KnownNames;
  position: number;
  /** The last token that is no blank or comment. */
  previous: string;
  /** Open brackets; '`' stands for a `${` of a template. */
  readonly open: string[];
  /** The cell's own identifiers so far; what is declared is among them. */
  readonly words: Set<string>;
  readonly found: { magics: MagicText[]; commands: ShellText[]; helps: HelpText[] };
}

const blank = /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const string = /"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/y;
const word = /[\p{ID_Continue}$#@]+/uy;
const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const template = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y;
const operator = /=>|[=!]==?|[<>]=|\+\+|--|[\s\S]/y;
const command = /!((?:[^\n]*\\\n)*[^\n]*)/y;
const magic = /%([A-Za-z_]\w*(?:-[A-Za-z]\w*)*)([^\n]*)/y;

/** After these words an expression begins: `return /x/` is no division. */
const beforeExpression =
  /^(?:return|typeof|case|in|of|instanceof|new|delete|void|throw|await|yield|else|do)$/;

/** The magics of a cell; see `findSpecials`. */
export function findMagics(code: string, known: ReadonlySet<string>): readonly MagicText[] {
  return findSpecials(code, { magics: known, variables: new Set() }).magics;
}

/**
 * What a cell holds beside TypeScript, in strings, templates and comments nothing:
 *
 * - `%name` first on its line where a statement may begin, or right of `=`; `%%name` first in the cell. After an
 *   expression without `;`, a name that is not known and does not look like a magic's line counts as modulo.
 * - `!command` at the same places, by the rule of `isCommand`.
 * - `name?` and `?name` on a line of their own, by the rule of `findHelp`.
 */
export function findSpecials(code: string, known: KnownNames): SpecialTexts {
  const whole = /^\s*%%([A-Za-z_]\w*(?:-[A-Za-z]\w*)*)([^\n]*)\n?/.exec(code);
  if (whole && !/^\s*\?/.test(whole[2]!))
    return { magics: [cellMagic(code, whole)], commands: [], helps: [] };
  const found = { magics: [], commands: [], helps: [] };
  const scan: Scan = { code, known, position: 0, previous: '', open: [], words: new Set(), found };
  while (scan.position < code.length) step(scan);
  return scan.found;
}

function cellMagic(code: string, [head, name, rest]: RegExpExecArray): MagicText {
  const body = code.slice(head.length);
  const start = code.indexOf('%%');
  return { kind: 'statement', start, end: code.length, name: name!, line: argumentsOf(rest!), body };
}

function step(scan: Scan): void {
  if (take(scan, blank) !== undefined) return;
  const next = scan.code[scan.position]!;
  if (takeHelp(scan)) return;
  if (next === '%' && takeMagic(scan)) return;
  if (next === '!' && takeCommand(scan)) return;
  if (next === '`') takeTemplate(scan, scan.position + 1);
  else if (next === '}' && scan.open.at(-1) === '`') {
    scan.open.pop();
    takeTemplate(scan, scan.position + 1);
  } else {
    const isRegex = next === '/' && !endsOperand(scan.previous) ? take(scan, regex) : undefined;
    const token = isRegex ?? take(scan, string) ?? takeWord(scan) ?? take(scan, operator)!;
    if (/^[([{]$/.test(token)) scan.open.push(token);
    else if (/^[)\]}]$/.test(token)) scan.open.pop();
    scan.previous = isRegex === undefined ? token : 'regex';
  }
}

function take(scan: Scan, pattern: RegExp): string | undefined {
  pattern.lastIndex = scan.position;
  const token = pattern.exec(scan.code)?.[0];
  if (token) scan.position += token.length;
  return token || undefined;
}

function takeWord(scan: Scan): string | undefined {
  const token = take(scan, word);
  const key = scan.open.at(-1) === '{' && /^\s*:/.test(scan.code.slice(scan.position));
  if (token && !key && scan.previous !== '.') scan.words.add(token);
  return token;
}

function takeTemplate(scan: Scan, start: number): void {
  scan.position = start;
  const text = take(scan, template) ?? '';
  if (text.endsWith('${')) scan.open.push('`');
  scan.previous = text.endsWith('${') ? '(' : 'template';
}

function takeMagic(scan: Scan): boolean {
  magic.lastIndex = scan.position;
  const match = magic.exec(scan.code);
  if (!match) return false;
  const [text, name, rest] = match as unknown as [string, string, string];
  const kind = scan.previous === '=' ? 'assigned' : 'statement';
  if (kind === 'statement' && !beginsStatement(scan, name, rest)) return false;
  const end = scan.position + text.length;
  scan.found.magics.push({ kind, start: scan.position, end, name, line: argumentsOf(rest), body: undefined });
  scan.position = end;
  scan.previous = ';';
  return true;
}

function takeCommand(scan: Scan): boolean {
  command.lastIndex = scan.position;
  const match = command.exec(scan.code)!;
  const isAssigned = scan.previous === '=' && !inBrackets(scan);
  if (!isAssigned && !beginsCommand(scan)) return false;
  const isTwice = match[1]!.startsWith('!');
  const text = isTwice ? match[1]!.slice(1) : match[1]!;
  const kind = isAssigned ? 'assigned' : isTwice ? 'shown' : 'statement';
  const isKnown = (name: string) =>
    scan.words.has(name) || scan.known.variables.has(name) || isDeclaredOrGlobal(scan.code, name);
  if (!isCommand(text, isKnown)) return false;
  const end = scan.position + match[0].length;
  scan.found.commands.push({ kind, start: scan.position, end, command: text.trim() });
  scan.position = end;
  scan.previous = ';';
  return true;
}

/** `!` on a new line is no operator of the line above, except after an operator. `:` may be a ternary's. */
function beginsCommand(scan: Scan): boolean {
  return (
    isFirstOnLine(scan) && !inBrackets(scan) && (/^[;{}]?$/.test(scan.previous) || endsOperand(scan.previous))
  );
}

/** Declared below, as a function may be, or a global such as `process`. */
function isDeclaredOrGlobal(code: string, name: string): boolean {
  return name in globalThis || declares(code, name);
}

/** Whether the cell's own text declares `name`. */
export function declares(code: string, name: string): boolean {
  const quoted = name.replaceAll('$', '\\$');
  return new RegExp(`\\b(?:let|const|var|class|function)\\s+${quoted}(?![\\w$])`).test(code);
}

function takeHelp(scan: Scan): boolean {
  if (!isFirstOnLine(scan) || inBrackets(scan)) return false;
  const begins = /^[;{]?$/.test(scan.previous);
  if (!begins && !endsOperand(scan.previous)) return false;
  const help = findHelp(scan.code, scan.position, { begins, magics: scan.known.magics });
  if (!help) return false;
  scan.found.helps.push(help);
  scan.position = help.end;
  scan.previous = ';';
  return true;
}

function isFirstOnLine({ code, position }: Scan): boolean {
  return code.slice(code.lastIndexOf('\n', position - 1) + 1, position).trim() === '';
}

function inBrackets({ open }: Scan): boolean {
  return /[([`]/.test(open.at(-1) ?? '');
}

function beginsStatement(scan: Scan, name: string, rest: string): boolean {
  if (!isFirstOnLine(scan) || inBrackets(scan)) return false;
  if (/^[;{}:]?$/.test(scan.previous)) return true;
  return endsOperand(scan.previous) && (scan.known.magics.has(name) || looksLikeArguments(rest));
}

/** `cnn --epochs 2` cannot follow an operand; `+ 1` or nothing can. */
function looksLikeArguments(rest: string): boolean {
  return /^\s+(?:--[A-Za-z]|["'./\w])/.test(rest) && !/^\s+(?:in|instanceof|as|satisfies|\/)\b/.test(rest);
}

function endsOperand(token: string): boolean {
  return (
    /^(?:[\p{ID_Continue}$#@]+|["'][\s\S]*|[)\]}]|\+\+|--)$/u.test(token) && !beforeExpression.test(token)
  );
}

/** Without a comment, which needs a blank before and after `//`, and without a closing `;`. */
function argumentsOf(rest: string): string {
  const kept = /^(?:"(?:\\.|[^"\\])*"|'[^']*'|(?!\s\/\/(?:\s|$))[\s\S])*/.exec(rest)![0];
  return kept.trim().replace(/\s*;$/, '');
}
