import type { HelpText } from './magics-scanner.ts';

const line =
  /(?:\?{1,2}[ \t]*(%{1,2}[A-Za-z_]\w*(?:-[A-Za-z]\w*)+|%{0,2}[\p{ID_Start}$_][\p{ID_Continue}$.]*)|(%{1,2}[A-Za-z_]\w*(?:-[A-Za-z]\w*)+|%{0,2}[\p{ID_Start}$_][\p{ID_Continue}$.]*)[ \t]*\?{1,2})[ \t]*;?[ \t]*(?:\/\/[^\n]*)?(?=\n|$)/uy;

interface Place {
  /** No expression above can go on here. */
  readonly begins: boolean;
  readonly magics: ReadonlySet<string>;
}

/**
 * The help that a line asks for, which begins at `start`: `name?`, `a.b??`, `?name`, `%name?`. TypeScript's ternaries and
 * `??` may be broken over lines just so (`a ?` newline `b : c`); so a line counts only where those cannot be meant:
 *
 * - `?name` or `%name?` where no expression above can go on, `%name?` also with a known magic's name;
 * - all others if no code but more such lines follows to the end of the cell: an expression would lack its end.
 */
export function findHelp(code: string, start: number, { begins, magics }: Place): HelpText | undefined {
  line.lastIndex = start;
  const match = line.exec(code);
  const name = match?.[1] ?? match?.[2];
  if (!match || name === undefined) return undefined;
  const end = start + match[0].length;
  const isMagic = name.startsWith('%');
  const sure = isMagic ? begins || magics.has(name.replace(/^%+/, '')) : begins && match[1] !== undefined;
  return sure || onlyHelpFollows(code, end) ? { start, end, name } : undefined;
}

function onlyHelpFollows(code: string, end: number): boolean {
  const rest = code.slice(end).split('\n');
  return rest.every((text) => {
    const trimmed = text.trim();
    line.lastIndex = 0;
    return trimmed === '' || trimmed.startsWith('//') || line.test(trimmed);
  });
}
