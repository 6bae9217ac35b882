import type { Magic } from '../../magics/magic.ts';

/** Types that every TypeScript program knows; other capitalized names in `Magic.result` are exports of edgebook. */
const builtIn = new Set([
  ...['Partial', 'Required', 'Readonly', 'Record', 'Pick', 'Omit', 'Awaited', 'NonNullable', 'ReturnType'],
  ...['ReadonlyArray', 'ReadonlyMap', 'ReadonlySet', 'PromiseLike', 'Iterable', 'AsyncIterable'],
  ...Object.getOwnPropertyNames(globalThis),
]);

/** Declarations of all that cells may use without an import: `display`, and a `$magic` that knows each magic's result. */
export function ambientDeclarations(magics: readonly Magic[]): string {
  const names = new Set(magics.flatMap(({ result }) => result.match(/\b[A-Z]\w*/g) ?? []));
  const imported = [...names].filter((name) => !builtIn.has(name)).sort();
  const overloads = magics.map(
    ({ name, summary, result }) =>
      `  /** ${summary.replaceAll('*/', '* /')} */\n  function $magic(name: '${name}', ...line: string[]): Promise<${result}>;`,
  );
  return [
    imported.length > 0 ? `import type { ${imported.join(', ')} } from 'edgebook';` : 'export {};',
    'declare global {',
    ...overloads,
    cellGlobals,
    '}\n',
  ].join('\n');
}

const cellGlobals = `  /** A magic that is not known here. */
  function $magic(name: string, ...line: string[]): Promise<any>;
  /** Shows what a bare magic returned, and passes it on. */
  function $show<T>(value: T): T;
  /** A value on the page that can be replaced. */
  interface DisplayHandle {
    /** Shows \`value\` in place of what was shown. */
    update(value: unknown): void;
  }
  /** Shows \`value\` below the cell now. With an \`id\` that was shown before, replaces that. */
  function display(value: unknown, options?: { readonly id?: string }): DisplayHandle;
  namespace display {
    /** Takes away what the cell has shown so far; with \`wait\`, when the next output comes. */
    function clear(wait?: boolean): void;
  }`;
