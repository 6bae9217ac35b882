import { isExpression } from './shell-text.ts';

/** After `!` these begin an expression, never a command. */
const expressionStart =
  /^(?:[(!["'`\d+\-<=]|(?:async|await|class|delete|false|function|new|null|super|this|true|typeof|undefined|void)\b)/;
const word = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u;
/** A word, quote, path, flag or variable after a blank: an expression cannot go on so. */
const argument =
  /^[ \t]+(?:(?!(?:in|instanceof|as|satisfies)\b)[\p{ID_Continue}"'$~{@%#]|--?[\p{L}\d]|\.{0,2}\/\S)/u;

/**
 * Whether `text`, which follows a `!` where a statement or the right side of `=` begins, is a command for the shell.
 * Otherwise it is TypeScript's `not`. TypeScript wins wherever it could be meant:
 *
 * - `!(` where the brackets hold an expression of known names or go on in the next line, `![`, quotes, digits, and words such as `await`, `new`, `typeof`: TypeScript.
 * - `!name(` and `!name` + template: TypeScript.
 * - `!name ...` where the name `isKnown` (declared in this cell or an earlier one, or global): TypeScript, unless
 *   an argument follows that no expression can go on with: `!git status`, `!ls -l`, `!X=1 make`.
 * - All else is a command: TypeScript would fail there, as the name is not defined.
 */
export function isCommand(text: string, isKnown: (name: string) => boolean): boolean {
  if (/^\s*\(/.test(text)) return isSubshell(text.trimStart(), isKnown);
  if (/^\s*$/.test(text) || expressionStart.test(text.trimStart())) return false;
  const name = word.exec(text.trimStart())?.[0];
  if (name === undefined) return true;
  const rest = text.trimStart().slice(name.length);
  if (/^[(`]/.test(rest)) return false;
  return !isKnown(name) || argument.test(rest) || /^=(?!=)/.test(rest);
}

/** `(a & b)`: brackets that hold no expression, or one that begins with a name that is not known and an operator of shells. */
function isSubshell(text: string, isKnown: (name: string) => boolean): boolean {
  const group = bracketed(text);
  if (group === undefined) return false;
  if (!isExpression(group)) return true;
  const inner = group.slice(1).trimStart();
  const name = word.exec(inner)?.[0];
  if (name === undefined || expressionStart.test(inner)) return false;
  return /^\s+(?:&&?|\|\|?)\s/.test(inner.slice(name.length)) && !isKnown(name);
}

/** From the bracket at the start to the one that closes it on the same line; undefined if none does. */
function bracketed(text: string): string | undefined {
  const tokens = /"(?:\\.|[^"\\])*"|'[^']*'|\\.|[()]|\n/g;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '\n') return undefined;
    if (token === '(') depth++;
    if (token === ')' && --depth === 0) return text.slice(0, index + 1);
  }
  return undefined;
}
