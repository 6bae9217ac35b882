import { afterAll, describe, expect, test } from 'vitest';
import { folder, TestSession } from '../cells.ts';

const session = new TestSession();
afterAll(() => session.session.close());

/** Cells run one after the other in one session; the last one's value is compared. */
const table: [what: string, cells: string[], value: string | undefined][] = [
  ['value of the last expression', ['const a = 20; a * 2 + 2'], '42'],
  ['null is shown', ['null'], 'null'],
  ['undefined is not', ['undefined'], undefined],
  ['a statement has no value', ['if (true) { 5 }'], undefined],
  ['a string', ["'text'"], "'text'"],
  ['an empty cell', [''], undefined],
  ['a comment only', ['// nothing'], undefined],
  ['types are erased', ['let typed: Array<number> = [1]; (typed as number[]).length satisfies number'], '1'],
  ['const again as let', ['const again = 1', 'let again = 2', 'again'], '2'],
  [
    'class, function and variable of one name',
    ['class one {}', 'function one() {}', 'const one = 3; one'],
    '3',
  ],
  ['import again as variable', ["import { join } from 'node:path'", 'const join = 5; join'], '5'],
  ['an earlier value in the new one', ['let step = 1', 'let step = step + 1; step'], '2'],
  [
    'interface and type again',
    ['interface I { a: 1 }', 'type I = { b: 2 }; const i: I = { b: 2 }; i.b'],
    '2',
  ],
  ['closures see the new value', ['let seen = 1; const see = () => seen', 'seen = 2; see()'], '2'],
  ['function called above its declaration', ['early(); function early() { return "hoisted" }'], undefined],
  ['its value', ['early()'], "'hoisted'"],
  [
    'functions that call each other',
    [
      'function odd(n) { return n ? even(n - 1) : false }; function even(n) { return n ? odd(n - 1) : true }; odd(7)',
    ],
    'true',
  ],
  ['a function has its name', ['function named() {}; named.name'], "'named'"],
  [
    'async and generator functions',
    ['async function* numbers() { yield 7 }; (await numbers().next()).value'],
    '7',
  ],
  [
    'var in a loop, again as let',
    ['for (var v = 0; v < 3; v++); let w = v', 'let v = 9; [v, w]'],
    '[ 9, 3 ]',
  ],
  ['var twice', ['var twice = 1; var twice = 2; twice'], '2'],
  ['var in a branch', ['if (true) var branch = 1; else var branch = 2\nbranch'], '1'],
  ['destructuring', ['const { p, q: [r] } = { p: 1, q: [2] }; p + r'], '3'],
  ['top-level await', ['const waited = await Promise.resolve(5); waited'], '5'],
  [
    'for await',
    ['let sum = 0; for await (const n of (async function* () { yield 1; yield 2 })()) sum += n; sum'],
    '3',
  ],
  [
    'a half-failed cell keeps what it did',
    ['let kept = 6; throw new Error("x"); let never = 1', 'kept'],
    '6',
  ],
  [
    'after a failed declaration',
    ['let failed = (() => { throw new Error("x") })()', 'let failed = 1; failed'],
    '1',
  ],
  ['enum', ['enum Color { Red, Green }; Color.Green'], '1'],
  ['namespace', ['namespace N { export const a = 4 }; N.a'], '4'],
  ['parameter property', ['class Point { constructor(readonly x: number) {} }; new Point(3).x'], '3'],
  [
    'decorator',
    [
      'const tag = (f: Function, _: unknown) => Object.assign(f, { tagged: true }); @tag class T {}; T.tagged',
    ],
    'true',
  ],
  ['using', ['let gone = false; { using d = { [Symbol.dispose]() { gone = true } }; }; gone'], 'true'],
  ['using at the top level', ['using held = { [Symbol.dispose]() {}, v: 8 }; held.v'], '8'],
  [
    'what a cell uses is disposed of when it ends, last first',
    [
      'const order: string[] = []; const open = (name: string) => ({ [Symbol.dispose]() { order.push(name) } }); using first = open("a"), second = open("b"); await using third = { async [Symbol.asyncDispose]() { order.push("c") } }; order.length',
      'order.join()',
    ],
    "'c,b,a'",
  ],
  ['also when it fails', ['using failing = open("d"); throw new Error("x")', 'order.at(-1)'], "'d'"],
  [
    'what fails to be disposed of suppresses the first error',
    ['using broken = { [Symbol.dispose]() { throw new Error("second") } }; throw new Error("first")'],
    'SuppressedError: An error was suppressed during disposal',
  ],
  [
    'using of what cannot be disposed of',
    ['using plainObject = {} as Disposable'],
    'TypeError: A value declared with using must have a method [Symbol.dispose]()',
  ],
  ['using of null', ['using nothing = null; nothing'], 'null'],
  ['an object literal', ['{ a: 1 }'], '{ a: 1 }'],
  ['an object literal over lines, with a comment', ['{\n  a: 1,\n} // done'], '{ a: 1 }'],
  ['a block', ['{ let a = 1; a }'], undefined],
  ['a block with a label', ['{ a: 1 };'], undefined],
  ['a type assertion in angle brackets', ['const asserted = <number>(7 as unknown); asserted'], '7'],
  ['a generic arrow function', ['const generic = <T>(x: T): T => x; generic<number>(6)'], '6'],
  ['import = require', ["import fsModule = require('node:fs'); typeof fsModule.readFileSync"], "'function'"],
  [
    'enum as const and again',
    ['enum Mode { A = "a" }', 'const Mode = 1', 'enum Mode { B = 4 }; Mode.B'],
    '4',
  ],
  ['a type over a value of its name', ['type Mode2 = 1; const Mode2 = 2', 'interface Mode2 {}; Mode2'], '2'],
  [
    'a class with a decorated accessor',
    [
      'const twice = (t: any, c: any) => ({ get() { return 2 * t.get.call(this) } }); class D { @twice accessor n = 4 }; new D().n',
    ],
    '8',
  ],
  [
    'namespaces that merge',
    ['namespace M { export const a = 1 }; namespace M { export const b = a + 1 }; M.b'],
    '2',
  ],
  ['export default of a class', ['export default class Kept { n = 3 }; new Kept().n'], '3'],
  ['export of a list and of all', ["export * from 'node:path'; export { sep } from 'node:path'; 1"], '1'],
  ['import.meta.resolve', ["import.meta.resolve('./helper.ts').endsWith('/helper.ts')"], 'true'],
  ['a file without its ending', ["import { double as d2 } from './helper'; d2(2)"], '4'],
  [
    'a package in a dynamic import with a computed name',
    ["const w = 'waits'; (await import(w)).late"],
    "'late'",
  ],
  [
    'JSON by require and with an attribute',
    ["import j from './data.json' with { type: 'json' }; j.answer"],
    '42',
  ],
  [
    'a package that is not there',
    ["import x from 'not-there/sub'"],
    "Error: The package 'not-there' is not installed in the folder of the notebook. Run: %install not-there",
  ],
  [
    'the same by require',
    ["require('@scope/not-there')"],
    "Error: The package '@scope/not-there' is not installed in the folder of the notebook. Run: %install @scope/not-there",
  ],
  [
    'export is tolerated',
    [
      'export const exported = 1; export function f2() { return 2 }; export { exported as e }; exported + f2()',
    ],
    '3',
  ],
  ['export default of an expression', ['export default 5'], '5'],
  ['import.meta', ['import.meta.dirname'], `'${folder}'`],
  [
    'a module that awaits',
    ["import fallback, { late } from 'waits'; [fallback, late]"],
    "[ 'default', 'late' ]",
  ],
  [
    'CommonJS, names that only `default` has',
    ["import { hidden, plus } from 'old'; [hidden, plus(1, 2)]"],
    "[ 'in default only', 3 ]",
  ],
  ['exports map', ["import { where } from 'exported/sub'; where"], "'sub path'"],
  ['JSON', ["import data from './data.json'; data.answer"], '42'],
  ['TypeScript file, with a type', ["import { Point, double } from './helper.ts'; double(4)"], '8'],
  ['dynamic import', ["(await import('./helper.ts')).double(5)"], '10'],
  ['import of all', ["import * as path from 'node:path'; path.basename('/a/b')"], "'b'"],
  ['require', ["require('./data.json').answer"], '42'],
  [
    'a name that is not exported',
    ["import { nope } from 'waits'; nope"],
    "SyntaxError: The module 'waits' does not export 'nope'. It exports: default, fail, late",
  ],
  ['strict mode', ['undeclared = 1'], 'ReferenceError: undeclared is not defined'],
  ['a thrown value that is no error', ['throw { code: 5 }'], 'Thrown: { code: 5 }'],
  [
    'a loop over top-level variables is fast code, not an interpreter loop',
    ['let total = 0; for (let i = 0; i < 1e6; i++) total += i % 7; total'],
    '2999997',
  ],
];

test.each(table)('%s', async (_what, cells, value) => {
  for (const cell of cells.slice(0, -1)) await session.run(cell);
  expect(await session.value(cells.at(-1)!)).toBe(value);
});

describe('output', () => {
  test('native writes and subprocesses are captured before the cell ends', async () => {
    const code =
      "require('node:fs').writeSync(1, 'native '); require('node:child_process').execSync('echo child', { stdio: 'inherit' })";
    expect(await session.printed(code)).toBe('native child\n');
  });

  test('streams and displays keep their order, bytes are decoded across writes', async () => {
    const { outputs } = await session.run(
      "process.stdout.write(Buffer.from([0xc3])); process.stdout.write(Buffer.from([0xa4])); display(1); console.error('e'); console.log('o')",
    );
    expect(outputs.map((o) => (o.type === 'stream' ? `${o.name} ${o.text}` : o.type))).toEqual([
      'stdout ä',
      'display',
      'stderr e\n',
      'stdout o\n',
    ]);
  });

  test('what is printed before a synchronous loop arrives during it', async () => {
    let heard = () => {};
    const printed = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const running = session.session.execute("console.log('here'); while (true) {}", {
      onOutput: (output) => output.type === 'stream' && output.text === 'here\n' && heard(),
    });
    await printed;
    session.session.interrupt();
    expect((await running).error?.ename).toBe('Interrupted');
  });

  test('a value shows itself, also later, and bytes become base64', async () => {
    const { outputs } = await session.run(
      "({ [Symbol.for('Jupyter.display')]: async () => ({ 'image/png': new Uint8Array([1, 2]), 'text/plain': 'p' }) })",
    );
    expect(outputs).toEqual([
      { type: 'result', data: { 'image/png': 'AQI=', 'text/plain': 'p' }, metadata: {} },
    ]);
  });

  test('a cell that ends with display shows the value once', async () => {
    const { outputs } = await session.run('display(1)');
    expect(outputs.map(({ type }) => type)).toEqual(['display']);
  });

  test('displays keep their order, also after one that takes time', async () => {
    const { outputs } = await session.run(
      "display({ [Symbol.for('Jupyter.display')]: () => new Promise((r) => setTimeout(() => r({ 'text/plain': 'slow' }), 10)) }); display('fast'); 'result'",
    );
    expect(outputs.map((output) => ('data' in output ? output.data['text/plain'] : ''))).toEqual([
      'slow',
      "'fast'",
      "'result'",
    ]);
  });

  test('raw bundles, metadata, and a display for each type', async () => {
    const { outputs } = await session.run(`
      display({ 'text/plain': 'raw', 'image/png': new Uint8Array([1, 2]) }, { raw: true, metadata: { width: 5 } });
      const shown = display.html('<b>1</b>', { id: 'page' });
      shown.update({ 'text/html': '<b>2</b>' }, { raw: true });
      display.svg('<svg/>'); display.markdown('*m*'); display.jpeg('AQI='); display.json({ a: [1] });`);
    const bundles = outputs.map((output) => ('data' in output ? output.data : output));
    expect(bundles).toEqual([
      { 'text/plain': 'raw', 'image/png': 'AQI=' },
      { 'text/html': '<b>1</b>' },
      { 'text/html': '<b>2</b>' },
      { 'image/svg+xml': '<svg/>' },
      { 'text/markdown': '*m*' },
      { 'image/jpeg': 'AQI=' },
      { 'application/json': { a: [1] }, 'text/plain': '{\n  "a": [\n    1\n  ]\n}' },
    ]);
    expect(outputs[0]).toMatchObject({ metadata: { width: 5 } });
    expect(outputs[2]).toMatchObject({ type: 'update', displayId: 'page' });
    expect(await session.value('display.png(5)')).toBe(
      'UsageError: display.png takes a string or a Uint8Array, was: number',
    );
  });

  test('display with an id that is known updates; clear passes', async () => {
    const { outputs } = await session.run(
      "display(1, { id: 'x' }); display(2, { id: 'x' }); display.clear(true)",
    );
    expect(outputs).toEqual([
      { type: 'display', data: { 'text/plain': '1' }, metadata: {}, displayId: 'x' },
      { type: 'update', data: { 'text/plain': '2' }, metadata: {}, displayId: 'x' },
      { type: 'clear', wait: true },
    ]);
  });

  test('an error in a timer is printed and costs nothing', async () => {
    const text = await session.printed(
      "setTimeout(() => { throw new Error('late') }); await new Promise((r) => setTimeout(r, 20))",
    );
    expect(text).toContain('late');
    expect(await session.value('6')).toBe('6');
  });
});
