/** What a cell says of itself in its first comment, as in tslab: `@module name`, or `@browser`. */
export interface CellDirective {
  /** Later cells import it as `./name`. */
  readonly module: string | undefined;
  /** Its code is for a browser, and is not run here. */
  readonly isBrowser: boolean;
}

export function cellDirective(code: string): CellDirective {
  const [comments = ''] = /^(?:\s+|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(code)!;
  const docs = comments.match(/\/\*\*[\s\S]*?\*\//g)?.join('\n') ?? '';
  return {
    module: /(?:\*|^)\s*@module[ \t]+(\w+)\s*(?:@|\*|$)/m.exec(docs)?.[1],
    isBrowser: /(?:\*|^)\s*@browser\b/m.test(docs),
  };
}
