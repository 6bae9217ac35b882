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

interface Scan {
  readonly code: string;
  readonly known: ReadonlySet<string>;
  position: number;
  /** The last token that is no blank or comment. */
  previous: string;
  /** Open brackets; '`' stands for a `${` of a template. */
  readonly open: string[];
  readonly found: MagicText[];
}

const blank = /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const string = /"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/y;
const word = /[\p{ID_Continue}$#@]+/uy;
const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const template = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y;
const operator = /=>|[=!]==?|[<>]=|\+\+|--|[\s\S]/y;
const magic = /%([A-Za-z_]\w*)([^\n]*)/y;

/** After these words an expression begins: `return /x/` is no division. */
const beforeExpression =
  /^(?:return|typeof|case|in|of|instanceof|new|delete|void|throw|await|yield|else|do)$/;

/**
 * The magics of a cell: `%name` first on its line where a statement may begin, or right of `=`; `%%name` first
 * in the cell. `%` in strings, templates and comments, and `%` as the modulo operator, are none. After an
 * expression without `;`, a name that is not `known` and does not look like a magic's line counts as modulo.
 */
export function findMagics(code: string, known: ReadonlySet<string>): MagicText[] {
  const whole = /^\s*%%([A-Za-z_]\w*)([^\n]*)\n?/.exec(code);
  if (whole) return [cellMagic(code, whole)];
  const scan: Scan = { code, known, position: 0, previous: '', open: [], found: [] };
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
  if (next === '%' && takeMagic(scan)) return;
  if (next === '`') takeTemplate(scan, scan.position + 1);
  else if (next === '}' && scan.open.at(-1) === '`') {
    scan.open.pop();
    takeTemplate(scan, scan.position + 1);
  } else {
    const isRegex = next === '/' && !endsOperand(scan.previous) ? take(scan, regex) : undefined;
    const token = isRegex ?? take(scan, string) ?? take(scan, word) ?? take(scan, operator)!;
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
  scan.found.push({ kind, start: scan.position, end, name, line: argumentsOf(rest), body: undefined });
  scan.position = end;
  scan.previous = ';';
  return true;
}

function beginsStatement(
  { code, position, previous, open, known }: Scan,
  name: string,
  rest: string,
): boolean {
  const lineStart = code.lastIndexOf('\n', position - 1) + 1;
  if (code.slice(lineStart, position).trim() !== '' || /[([`]/.test(open.at(-1) ?? '')) return false;
  if (/^[;{}:]?$/.test(previous)) return true;
  return endsOperand(previous) && (known.has(name) || looksLikeArguments(rest));
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
