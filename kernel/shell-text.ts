import { stripTypeScriptTypes } from 'node:module';
import vm from 'node:vm';

/** A command line parted at its `{expressions}`: one text more than expressions. */
export interface CommandParts {
  readonly texts: readonly string[];
  readonly expressions: readonly string[];
  /** Where each expression begins in the command. */
  readonly starts: readonly number[];
}

/**
 * Parts `ls {folder} | wc` into texts and TypeScript expressions. Braces that hold no expression stay as they are
 * (`{a,b}`, `{1..3}`, `{}`, `{print $1}`), and so does the shell's `${NAME}`; `{{` and `}}` are single braces.
 */
export function splitCommand(command: string): CommandParts {
  const texts: string[] = [];
  const expressions: string[] = [];
  const starts: number[] = [];
  let text = '';
  for (let i = 0; i < command.length; i++) {
    const pair = command.slice(i, i + 2);
    const expression =
      command[i] === '{' && pair !== '{{' && command[i - 1] !== '$' && expressionAt(command, i);
    if (expression) {
      texts.push(text);
      expressions.push(expression);
      starts.push(i + 1);
      text = '';
      i += expression.length + 1;
    } else {
      text += command[i];
      if (pair === '{{' || pair === '}}') i++;
    }
  }
  return { texts: [...texts, text], expressions, starts };
}

/** The expression in the braces that open at `start`; undefined if it is none. */
function expressionAt(command: string, start: number): string | undefined {
  for (let end = command.indexOf('}', start); end >= 0; end = command.indexOf('}', end + 1)) {
    const text = command.slice(start + 1, end);
    if (isExpression(text)) return text;
  }
  return undefined;
}

/** Whether a text is one TypeScript expression without a comma at its top level. */
export function isExpression(text: string): boolean {
  if (text.trim() === '') return false;
  return parses(text) || parsesWithTypes(text);
}

function parses(text: string): boolean {
  try {
    // Compiled only, never run.
    new vm.Script(`async () => (0 ? ${text}\n : 0)`);
    new vm.Script(`async () => (${text}\n)`);
    return true;
  } catch {
    return false;
  }
}

function parsesWithTypes(text: string): boolean {
  try {
    for (const code of [`(0 ? ${text}\n : 0)`, `(${text}\n)`]) stripTypeScriptTypes(code, { mode: 'strip' });
    return true;
  } catch {
    return false;
  }
}
