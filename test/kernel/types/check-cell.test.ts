import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, TypedCells } from './cells.ts';

const session = new TypedCells();
const other = new TypedCells();

/** A session without names; a compiler of its own would have to load first. */
function emptied(): TypedCells {
  other.server.reset();
  return other;
}

test("a type error has the place in the user's text", async () => {
  expect(await session.run('const fine = 1;\n  const wrong: number = "x";')).toEqual([
    "2:9 Type 'string' is not assignable to type 'number'.",
  ]);
});

test.each([
  ['top-level await', 'await 1; for await (const x of [1]) x.toFixed()'],
  ['using', 'using handle = { [Symbol.dispose]() {} }'],
  ['import.meta', 'import.meta.url.length; import.meta.dirname'],
  ['implicit any', 'function loose(a, b) { return a + b }; let later; later = 1'],
  ['an unused expression', '1, 2'],
  ['JSX', 'const element = <div className="a">text</div>'],
  ['a type assertion beside markup in a string', 'const markup = <string>"<b>x</b>"'],
  ['packages, typed or not', "import late from 'waits'; import { where } from 'exported/sub'; late; where"],
  ['a package that types do not know', "import data from './data.json'; data.answer.toFixed()"],
  ['a file', "import { double, type Point } from './helper'; const p: Point = { x: double(2) }"],
  ['Node', "import { readFileSync } from 'node:fs'; Buffer.from(readFileSync('x')); process.cwd()"],
  [
    'edgebook',
    "import { Report, Tensor } from 'edgebook'; new Report({ title: '', columns: [], rows: [] }).rows",
  ],
  [
    'globals of cells',
    "display('x').update('y'); display.clear(true); display.html('<b>b</b>'); prompt('?')",
  ],
  ['tslab', "import * as tslab from 'tslab'; tslab.display.html('<b>x</b>'); tslab.newDisplay().text('a')"],
  ['widgets', "liveCurve('loss'); comms; widget"],
  ['commands and help', 'const files = !ls\nfiles[0].length\nfiles?\n%train?'],
  ['a global that the cell makes', 'globalThis.made = 5; made + 1'],
  ['a syntax error, which the cell itself reports', 'const = 3'],
  ['a name declared twice, too', 'let twice = 1; let twice = 2'],
  ['code for a browser', '/** @browser */\ndocument.body.innerHTML = 1'],
])('%s is no type error', async (_what, code) => {
  expect(await session.run(code)).toEqual([]);
});

test('a name may be declared again with another type and kind; older values keep their types', async () => {
  await session.run('class Box { old = 1 }; const box = new Box(); let n = 1; const f = () => 1');
  expect(await session.run('class Box { fresh = "" }; let n = "text"; function f() { return "" }')).toEqual(
    [],
  );
  expect(await session.run('import { basename as n } from "node:path"; n("x").length')).toEqual([]);
  expect(
    await session.run('box.old.toFixed(); new Box().fresh.length; f().length; const f2: typeof f = f'),
  ).toEqual([]);
  expect(await session.run('box.fresh')).toEqual(["1:5 Property 'fresh' does not exist on type 'Box'."]);
});

test('all kinds of declarations reach later cells', async () => {
  await session.run(`import * as path from 'node:path'; import type { Stats } from 'node:fs';
    const { a, b: [c] } = { a: 1, b: ['x'] }; export const d = a; enum Level { Low, High }
    interface Shape { side: number }; type Id<T> = T | string; namespace Inner { export const q = 1 }
    for (var i = 0; i < 3; i++); async function* stream() { yield 1 }; export default function named() { return 1 }`);
  const uses = `path.join('a'); let s: Stats; c.length; d.toFixed(); Level.High; const x: Shape = { side: a };
    let id: Id<number> = 'x'; Inner.q.toFixed(); i.toFixed(); for await (const v of stream()) v.toFixed(); named()`;
  expect(await session.run(uses)).toEqual([]);
  expect(await session.run('c.toFixed(); Level.Mid')).toHaveLength(2);
});

test('a variable of an earlier cell can be assigned to, with its type', async () => {
  await session.run('let count = 1; let list = [1]; const fixed = 1');
  expect(await session.run('count = 2; count++; [count, list] = [3, [4]]')).toEqual([]);
  expect(await session.run('count = "x"')).toEqual(["1:1 Type 'string' is not assignable to type 'number'."]);
});

test('a name that only the runtime has is known without its type', async () => {
  expect(await session.run('loaded.anything')).toEqual(["1:1 Cannot find name 'loaded'."]);
  session.server.names({ names: ['loaded'] });
  expect(await session.run('loaded.anything; loaded = 5')).toEqual([]);
});

test('a file that was changed is read again', async () => {
  const file = join(folder, 'changing.ts');
  writeFileSync(file, 'export const value = 1;');
  expect(await session.run("import { value } from './changing'; value.toFixed()")).toEqual([]);
  writeFileSync(file, 'export const value = "now a text";');
  expect(await session.run("import { value } from './changing'; value.toFixed()")).toHaveLength(1);
});

test('globals of the kernel have their types', async () => {
  expect(await session.run('liveCurve(5); tslabNot')).toEqual([
    "1:11 Argument of type 'number' is not assignable to parameter of type 'string'.",
    "1:15 Cannot find name 'tslabNot'.",
  ]);
});

test('a module cell can be imported', async () => {
  await session.run('/** @module shapes */\nexport const side = 2;');
  expect(await session.run("import { side } from './shapes'; side.toFixed()")).toEqual([]);
  await session.run('/** @module shapes */\nexport const side = <b>two</b>, text = "";');
  expect(await session.run("import { text } from './shapes'; text.length")).toEqual([]);
});

test('magics bind variables with their types, and hide no line', async () => {
  expect(await session.run('%train cnn --epochs 1\nconst r = %bench cnn\nconst n: number = r.title')).toEqual(
    ["3:7 Type 'string' is not assignable to type 'number'."],
  );
  expect(await session.run('const again = %quantize cnn; again.nope')).toEqual([]);
  expect(await session.run('const again = %quantize cnn\nagain.nope; cnn.nope')).toEqual([
    "2:7 Property 'nope' does not exist on type 'Variant'.",
    "2:17 Property 'nope' does not exist on type 'Variant'.",
  ]);
  expect(await session.run('%train cnn\n%train cnn\nlet r = %bench cnn\nr.rows')).toEqual([]);
});

test.each([
  ['%%time\nconst timed = { deep: { er: 1 } }', 'timed.deep.er.toFixed(); timed.deep.nope'],
  ['%time const timed = { deep: { er: 1 } };', 'timed.deep.er.toFixed(); timed.deep.nope'],
  ['const timed = %time Promise.resolve({ er: 1 })', 'timed.er.toFixed(); timed.nope'],
  ['const timed = %timeit -n 3 1 + 1', 'timed.best.toFixed(); timed.stdev; timed.times[0]; timed.nope'],
  ['%%timeit let timed = { er: 1 }\ntimed.er', 'timed.er.toFixed(); timed.nope'],
  ['if (true) {}\n%time var timed = [1] // why', 'timed[0].toFixed(); timed.nope'],
  ['const timed = !ls', 'timed[0].length; timed.exitCode.toFixed(); timed.text; timed.nope'],
])('%s declares what its code declares', async (code, use) => {
  const own = emptied();
  expect(await own.run(code)).toEqual([]);
  expect(await own.run(use)).toEqual([expect.stringContaining("Property 'nope' does not exist on type")]);
});

test.each([
  ['%%time\nlet zz: number = "bad"', '2:5'],
  ['1\n%time let zz: number = "bad"', '2:11'],
  ['const a = 1\nconst b: string = %time a', '2:7'],
  ['%timeit -n 2 (1 as number).nope', '1:28'],
  ['%%timeit const s = 1\n\n  s.nope', '3:5'],
  ['%%time\n%time const s = 1\ns.nope', '3:3'],
  ['const s = 1\n!echo {s} {s.nope} {s + 1}', '2:14'],
])('a type error in the code of %s has its place', async (code, place) => {
  const found = await emptied().run(code, 'strict');
  expect(found.map((mistake) => mistake.split(' ')[0])).toEqual([place]);
});

test('what %timeit declares is its own', async () => {
  const own = emptied();
  await own.run('%timeit const inner = 1');
  await own.run('%%timeit\nconst inner = 1');
  expect(await own.run('inner')).toEqual(["1:1 Cannot find name 'inner'."]);
});

test('a name that is declared anew means what it did until then', async () => {
  const own = emptied();
  await own.run('let cn = 1; const list = [1]; class Base { a = 1 }');
  const code =
    'let cn = String(cn.toFixed()) + cn; const list = { list, cn: list[0].toFixed() }; class Base extends Base { b = cn.length }';
  expect(await own.run(code, 'strict')).toEqual([]);
  expect(await own.run('cn.length; list.list[0].toFixed(); new Base().a + new Base().b.toFixed()')).toEqual(
    [],
  );
  expect(await own.run('cn.nope; let cn = 1')).toEqual([
    "1:4 Property 'nope' does not exist on type 'string'.",
  ]);
  expect(await own.run('cn++; let cn = () => cn, other = cn().call')).toEqual([]);
  expect(await own.run('let fresh = fresh + 1')).toHaveLength(1);
  expect(await own.run('{ let other = 1; other.toFixed() }; let other = other')).toEqual([]);
});

test('@ts-nocheck above the code is heeded', async () => {
  const own = emptied();
  const wrong = 'const wrong: number = "x"';
  for (const mode of ['warn', 'strict', 'tslab'] as const) {
    expect(await own.run(`/* a */\n// @ts-nocheck: a sketch\n${wrong}`, mode)).toEqual([]);
    expect(await own.run(`${wrong} // @ts-nocheck`, mode)).toHaveLength(1);
  }
});

test('strict: the names of a refused cell stay unknown', async () => {
  expect(await session.run('const refused: number = "x"', 'strict')).toHaveLength(1);
  expect(await session.run('refused')).toEqual(["1:1 Cannot find name 'refused'."]);
});

test("tslab's converter checks in mode tslab", async () => {
  expect(await session.run('const fromTslab: number = 1', 'tslab')).toEqual([]);
  expect(await session.run('const s: string = fromTslab', 'tslab')).toEqual([
    "1:7 Type 'number' is not assignable to type 'string'.",
  ]);
});

test('reset forgets all', async () => {
  const own = emptied();
  await own.run('const before = 1');
  own.server.reset();
  expect(await own.run('before')).toHaveLength(1);
});
