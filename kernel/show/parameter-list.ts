const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** `(a, b = 2)` of a function's source, in one line; `(x)` for `x => x`. Undefined if there is no end to it. */
export function parameterList(source: string): string | undefined {
  const single = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source)?.[1];
  if (single !== undefined) return `(${single})`;
  const start = source.indexOf('(');
  const end = start < 0 ? undefined : closingBracket(source, start);
  if (end === undefined) return undefined;
  // Types were blanked: `a      , b` was `a: number, b`.
  return source
    .slice(start, end + 1)
    .replace(/\s+/g, ' ')
    .replace(/ ([,)\]])/g, '$1')
    .replace(/([([]) /g, '$1');
}

function closingBracket(source: string, start: number): number | undefined {
  const open: string[] = [];
  for (let i = start; i < source.length; i++) {
    const skipped = stringOrComment(source, i);
    if (skipped > 0) {
      i += skipped - 1;
    } else if (closing[source[i]!]) {
      open.push(closing[source[i]!]!);
    } else if (source[i] === open.at(-1)) {
      open.pop();
      if (open.length === 0) return i;
    }
  }
  return undefined;
}

/** The length of the string, template or comment at `position`; 0 if there is none. */
function stringOrComment(source: string, position: number): number {
  const pattern = /(['"`])(?:\\[\s\S]|(?!\1)[^\\])*\1|\/\/.*|\/\*[\s\S]*?\*\//y;
  pattern.lastIndex = position;
  return pattern.exec(source)?.[0].length ?? 0;
}
