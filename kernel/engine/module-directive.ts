/** What a cell's first comment says it is, as in tslab: a module that others import, or code for a browser. */
export type ModuleDirective = { readonly module: string } | { readonly browser: true };

/** The directive in the comments above a cell's code, if there is one. */
export function moduleDirective(code: string): ModuleDirective | undefined {
  if (!code.includes('@module') && !code.includes('@browser')) return undefined;
  const [comments = ''] = /^(?:\s+|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(code)!;
  const docs = comments.match(/\/\*\*[\s\S]*?\*\//g)?.join('\n') ?? '';
  const has = (tag: string) => new RegExp(`(?:\\*|^)\\s*@${tag}\\b`, 'm').test(docs);
  if (has('browser')) return { browser: true };
  const name = /(?:\*|^)\s*@module[ \t]+(\w+)\s*(?:@|\*|$)/m.exec(docs)?.[1];
  return name === undefined ? undefined : { module: name };
}
