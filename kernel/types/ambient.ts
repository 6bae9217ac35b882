import type { Magic } from '../../magics/magic.ts';
import { widgetGlobals } from './widget-globals.ts';

/** Types that every TypeScript program knows; other capitalized names in `Magic.result` are exports of edgebook. */
const builtIn = new Set([
  ...['Partial', 'Required', 'Readonly', 'Record', 'Pick', 'Omit', 'Awaited', 'NonNullable', 'ReturnType'],
  ...['ReadonlyArray', 'ReadonlyMap', 'ReadonlySet', 'PromiseLike', 'Iterable', 'AsyncIterable'],
  ...Object.getOwnPropertyNames(globalThis),
]);

/** Types of results that are declared below, as `edgebook` does not export them. */
const ownTypes = new Set(['Timing']);

/** Declarations of all that cells may use without an import: `display`, and a `$magic` that knows each magic's result. */
export function ambientDeclarations(magics: readonly Magic[]): string {
  const names = new Set(magics.flatMap(({ result }) => result.match(/\b[A-Z]\w*/g) ?? []));
  const imported = [...names].filter((name) => !builtIn.has(name) && !ownTypes.has(name)).sort();
  const overloads = magics.map(
    ({ name, summary, result }) =>
      `  /** ${summary.replaceAll('*/', '* /')} */\n  function $magic(name: '${name}', ...line: string[]): Promise<${result === 'unknown' ? 'any' : result}>;`,
  );
  return [
    imported.length > 0 ? `import type { ${imported.join(', ')} } from 'edgebook';` : 'export {};',
    'declare global {',
    ...overloads,
    cellGlobals,
    widgetGlobals,
    '}\n',
  ].join('\n');
}

const cellGlobals = `  /** A magic that is not known here. */
  function $magic(name: string, ...line: string[]): Promise<any>;
  /** Shows what a bare magic returned, and passes it on. */
  function $show<T>(value: T): T;
  function $help(name: string, value?: () => unknown): Promise<void>;
  function $shell(texts: readonly string[], ...values: unknown[]): Promise<void>;
  function $lines(texts: readonly string[], ...values: unknown[]): Promise<ShellLines>;
  /** What \`const lines = !command\` gives. */
  interface ShellLines extends Array<string> {
    /** 0 where all went well. */
    readonly exitCode: number;
    /** The lines as one text. */
    readonly text: string;
  }
  /** What \`%timeit\` measured; times are in ms. */
  interface Timing {
    /** Loops in one run. */
    readonly loops: number;
    /** Time of one loop, by run. */
    readonly times: readonly number[];
    readonly best: number;
    readonly worst: number;
    readonly average: number;
    readonly stdev: number;
  }
  /** A value on the page that can be replaced. */
  interface DisplayHandle {
    /** Shows \`value\` in place of what was shown. */
    update(value: unknown): void;
  }
  /** A bar below the cell. */
  interface ProgressBar {
    /** \`done\` of \`total\`, with a word on it. */
    update(progress: { readonly done: number; readonly total: number; readonly message?: string }): void;
    /** The bar is full; \`message\` stays beside it. */
    done(message?: string): void;
  }
  interface DisplayOptions {
    /** Shows under this id: a later \`display\` with the same id replaces it. */
    readonly id?: string;
    readonly [option: string]: unknown;
  }
  /** Shows \`value\` below the cell now. */
  function display(value: unknown, options?: DisplayOptions): DisplayHandle;
  namespace display {
    /** Takes away what the cell has shown so far; with \`wait\`, when the next output comes. */
    function clear(wait?: boolean): void;
    /** Shows data as a tree that can be folded, where the front end has one. */
    function json(data: unknown, options?: DisplayOptions): DisplayHandle;
    /** Shows how far long work has come; updates in place. */
    function progress(label: string): ProgressBar;
    /** Shows \`value\` in the front end's pager. */
    function page(value: unknown): void;
    /** Asks the user; other work goes on meanwhile. */
    function input(message?: unknown, options?: { default?: string; password?: boolean }): Promise<string>;
    ${textDisplays()}
  }
  /** Asks the user, and waits for the answer. */
  function prompt(message?: unknown, defaultValue?: unknown): string;
  namespace prompt {
    /** Asks for what nobody may read. */
    function password(message?: unknown): string;
  }
  /** Asks a yes-or-no question, and waits for the answer. */
  function confirm(message?: unknown): boolean;
  /** Shows a message, and waits until the user presses Enter. */
  function alert(message?: unknown): void;
`;

function textDisplays(): string {
  const names = [
    'html',
    'markdown',
    'latex',
    'javascript',
    'text',
    'svg',
    'png',
    'jpeg',
    'gif',
    'webp',
    'pdf',
  ];
  return names
    .map((name) => `function ${name}(data: string | Uint8Array, options?: DisplayOptions): DisplayHandle;`)
    .join('\n    ');
}
