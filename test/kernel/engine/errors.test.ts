import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folder, plain, TestSession } from '../cells.ts';

const session = new TestSession();
afterAll(() => session.session.close());

async function traceback(code: string): Promise<string> {
  const { error } = await session.run(code);
  return plain(error!.traceback);
}

test('lines of the cells at fault, innermost first, with the lines around', async () => {
  await session.run('type T = string;\nfunction thrower(): T {\n  throw new Error("bad");\n}');
  expect(await traceback('\nthrower()')).toBe(`Error: bad

Cell In[1], line 3, in thrower
      1 type T = string;
      2 function thrower(): T {
----> 3   throw new Error("bad");
      4 }

Cell In[2], line 2
      1
----> 2 thrower()`);
});

test('causes are shown', async () => {
  expect(await traceback('throw new Error("outer", { cause: new TypeError("inner") })')).toContain(
    'Caused by TypeError: inner',
  );
});

test('line numbers stay right through the TypeScript compiler', async () => {
  const text = await traceback(
    'enum A {\n  b,\n}\nclass C { constructor(private x: number) {} }\n\nthrow new Error(String(A.b))',
  );
  expect(text).toContain('line 6\n');
});

test('line numbers stay right below a magic and a long import', async () => {
  const text = await traceback('%echo a\nimport {\n  join,\n} from "node:path";\nnope()');
  expect(text).toMatch(/ReferenceError: nope is not defined\n\nCell In\[\d+\], line 5\n/);
});

test('a syntax error says where', async () => {
  expect(await traceback('let a = 1;\nlet b = ;\n')).toMatch(
    /^SyntaxError: Expression expected.\n\nCell In\[\d+\], line 2\n/,
  );
});

test('frames of packages are shown, ours and those of Node are not', async () => {
  const text = await traceback('import { fail } from "waits"; fail()');
  expect(text).toMatch(/at .*waits/);
  expect(text).not.toMatch(/kernel\/engine|node:internal/);
});

test('a UsageError is one line', async () => {
  expect(await traceback('%ecko a')).toBe("UsageError: Unknown magic '%ecko'. Did you mean '%echo'?");
  expect(await traceback('%echo a --time 2')).toBe(
    "UsageError: Unknown flag of %echo '--time'. Did you mean '--times'?",
  );
});

test('model and device errors show the cell, not the inside of the library', async () => {
  expect(await traceback('%fail model')).toMatch(
    /^ModelError: bad graph(\n\nCell In\[\d+\], line 1\n----> 1 %fail model)?$/,
  );
  expect(await traceback('%fail device')).toContain('Caused by Error: ssh ended');
});

test('each error of an AggregateError', async () => {
  const text = await traceback(
    'try { await Promise.any([Promise.reject(new TypeError("one")), Promise.reject(new RangeError("two"))]) }\ncatch (error) { throw new Error("none", { cause: error }) }',
  );
  expect(text).toContain('Caused by AggregateError: All promises were rejected');
  expect(text).toContain('TypeError: one');
  expect(text).toContain('RangeError: two');
});

test('a callback that fails after its cell names the cell', async () => {
  await session.run('\n\nsetTimeout(function later() { throw new Error("too late") }, 30)');
  const text = await session.printed('await new Promise((resolve) => setTimeout(resolve, 80))');
  expect(plain([text])).toMatch(/Error: too late\n\nCell In\[\d+\], line 3, in .*later\n/);
});

test('JSX keeps its lines', async () => {
  expect(await traceback('const a = 1;\nconst f = (\n  x,\n) => <b>{x.y}</b>;\nf(null)')).toMatch(
    /installed in the folder/,
  );
});

test('of a cell that is neither TypeScript nor JSX, the later mistake is told', async () => {
  expect(await traceback('const a = <b>one</b>;\nconst c = <b>two</i>;')).toMatch(/line 2\n/);
  expect(await traceback('const f = <T>(x: T) => x;\nlet = 5 5;')).toMatch(/line 2\n/);
});

test('an error that is printed tells of cells as one that is thrown', async () => {
  const shown = await session.printed(
    'function deep() {\n  return new Error("printed");\n}\nconsole.log(deep()); console.trace("here")',
  );
  expect(shown).toMatch(
    /^Error: printed\n {4}at deep \(Cell In\[\d+\], line 2\)\n {4}at Cell In\[\d+\], line 4\n/,
  );
  expect(shown).toMatch(/Trace: here\n {4}at Cell In\[\d+\], line 4\n$/);
  expect(await session.value('({ e: new Error("held") })')).not.toMatch(/node:|kernel/);
  expect(await session.value('Promise.reject(new Error("no"))')).not.toMatch(/node:|kernel/);
});

test.each([
  ['a display', "({ [Symbol.for('Jupyter.display')]() { throw new Error('shown') } })"],
  ['an inspector', "({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('shown') } })"],
  ['eval', "eval('null.x')"],
])('what goes wrong in %s shows the cell alone', async (_what, code) => {
  expect(await traceback(code)).toMatch(
    /^\w+Error: .*\n\nCell In\[\d+\], line 1.*\n----> 1 .*$|^Error: shown\n\nCell/,
  );
  expect(await traceback(code)).not.toMatch(/ {4}at /);
});

test('a cause that is its own is not shown without end', async () => {
  const text = await traceback('const a = new Error("a"); a.cause = new Error("b", { cause: a }); throw a');
  expect(text).toContain('Caused by Error: b');
  expect(text.match(/Error: a/g)).toHaveLength(2);
  expect(text).toContain('Error: a (shown above)');
});

test('a stack that cannot be read costs the stack, not the message', async () => {
  expect(
    await traceback('throw Object.defineProperty(new Error("kept"), "stack", { get() { throw 1 } })'),
  ).toBe('Error: kept');
});

test("lines of the user's own files are shown", async () => {
  writeFileSync(join(folder, 'faulty.ts'), 'export function f(x: null) {\n  return x!.y;\n}');
  expect(await traceback('import { f } from "./faulty";\nf(null)')).toMatch(
    /^TypeError: .*\n\nFile faulty.ts, line 2, in f\n {6}1 export.*\n----> 2 {3}return x!.y;\n {6}3 }\n\nCell In\[\d+\], line 2\n/,
  );
});

test.each([
  ['a missing file', "\nimport './missing.js'"],
  ['a missing package', "\nconst x = require('nowhere')"],
  ['a module that throws', "\nimport './throws.js'"],
])('%s: the line that imports it is shown', async (_what, code) => {
  writeFileSync(join(folder, 'throws.js'), "throw new Error('inside')");
  expect(await traceback(code)).toMatch(/\n\nCell In\[\d+\], line 2\n/);
});
