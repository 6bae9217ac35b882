import { findSpecials, type ShellText } from '../magics-scanner.ts';
import { completePath } from './complete-path.ts';
import type { NotebookNames } from './notebook-names.ts';
import type { Completion } from './types-protocol.ts';

/** The `!command` in which the cursor is. */
export function commandAt(
  code: string,
  position: number,
  variables: ReadonlySet<string>,
): ShellText | undefined {
  if (!code.includes('!')) return undefined;
  const { commands } = findSpecials(code, { magics: new Set(), variables });
  return commands.find(({ start, end }) => position > start && position <= end);
}

/**
 * The code that stands for a cell when the cursor is in `{braces}` of its command: their text in place of the command up
 * to there. Undefined outside of braces.
 */
export function codeInBraces(
  code: string,
  position: number,
  { start, end, kind }: ShellText,
): { code: string; shift: number } | undefined {
  const typed = code.slice(start, position);
  const open = typed.lastIndexOf('{');
  if (open < 0 || typed.lastIndexOf('}') > open || /[${]$/.test(typed.slice(0, open))) return undefined;
  const head = `${code.slice(0, start)}${kind === 'assigned' ? '[];' : ';'}`;
  const expression = typed.slice(open + 1);
  return {
    code: `${head}${expression}\n${code.slice(end)}`,
    shift: position - head.length - expression.length,
  };
}

/** What may stand in a command: variables after `$`, else files and folders. */
export function completeCommand(
  code: string,
  position: number,
  { start, cwd, names }: { start: number; cwd: string; names: NotebookNames },
): Completion {
  const typed = code.slice(start + 1, position);
  const variable = /\$(\w*)$/.exec(typed)?.[1];
  if (variable !== undefined) {
    const known = [...new Set([...names.of('variable'), ...names.of('environment')])];
    const matches = known.filter((name) => name.startsWith(variable));
    return {
      start: position - variable.length,
      end: position,
      matches: matches.map((text) => ({ text, type: 'variable' })),
    };
  }
  const word = /(?:\\.|[^\s\\"'`=<>|;&()])*$/.exec(typed)![0];
  const completion = completePath(word.replace(/\\(.)/g, '$1'), { cwd, end: position });
  // The start is where the last part of the path was typed, with its backslashes.
  const begun = word.slice(word.lastIndexOf('/') + 1);
  const quoted = /["']$/.test(typed.slice(0, typed.length - word.length));
  const matches = completion.matches.map(({ text, type }) => ({ text: quoted ? text : escaped(text), type }));
  return { start: position - begun.length, end: position, matches };
}

const escaped = (path: string): string => path.replace(/[^\p{L}\p{N}_./~@%+,:=^-]/gu, '\\$&');
