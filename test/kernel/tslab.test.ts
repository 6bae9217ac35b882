import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { CodeCell, Notebook, StoredOutput } from '../../kernel/notebook.ts';
import { joinLines } from '../../kernel/notebook.ts';
import { runNotebook } from '../../kernel/run-notebook.ts';
import { fakeMagics } from './cells.ts';
import { notebookFolder } from './notebook-folder.ts';

/** Runs cells as a notebook that tslab has saved; what each showed, without the representations not asked for. */
async function run(...sources: string[]): Promise<StoredOutput[][]> {
  const path = join(notebookFolder(), 'tslab.ipynb');
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'tslab' };
  const cells = sources.map((source) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source: source.split(/(?<=\n)/),
  }));
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 2, metadata: { kernelspec }, cells }));
  const terminal = Object.assign(new PassThrough(), { isTTY: false, columns: 80 });
  const { ok } = await runNotebook(path, { terminal, magicsUrl: fakeMagics });
  expect(ok, String(terminal.read())).toBe(true);
  const stored = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
  return stored.cells.map((cell) => (cell as CodeCell).outputs);
}

function shown(outputs: readonly StoredOutput[]): unknown[] {
  return outputs.map((output) => {
    if (output.output_type === 'stream') return joinLines(output.text);
    if (output.output_type === 'error') return output.evalue;
    return Object.fromEntries(
      Object.entries(output.data).map(([mime, data]) => [mime, Array.isArray(data) ? data.join('') : data]),
    );
  });
}

test('getting started: functions, classes, promises, the last value', async () => {
  const outputs = await run(
    'console.log(`Hello, tslab!`)\nconsole.log(`${1 + 1}`)',
    '/** Calculates a Fibonacci number. */\nfunction fib(n: number): number {\n    if (n > 1) {\n        return fib(n - 1) + fib(n - 2);\n    }\n    return 1;\n}',
    '{\n    // A block of its own.\n    const n = 10;\n    console.log(`fib(${n}) = ${fib(n)}`)\n}',
    "interface Hello {\n    message(): string;\n}\nclass HelloImpl implements Hello {\n    private name: string;\n    constructor(name: string) {\n        this.name = name;\n    }\n    message(): string {\n        return `Hello, ${this.name}!`;\n    }\n}\nnew HelloImpl('tslab').message()",
    'let sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));\nawait sleep(5);\n`slept`',
    'sleep(1);',
    "// Declare again.\nlet x = 3\nlet y = 'hello'",
    'let x = y + 3;\nx',
  );
  expect(outputs.map(shown)).toEqual([
    ['Hello, tslab!\n2\n'],
    [],
    ['fib(10) = 89\n'],
    [{ 'text/plain': "'Hello, tslab!'" }],
    [{ 'text/plain': "'slept'" }],
    [{ 'text/plain': 'Promise { <pending> }\nTo see its value, await it.' }],
    [],
    [{ 'text/plain': "'hello3'" }],
  ]);
});

test('display: every kind of content', async () => {
  const outputs = await run(
    'import * as fs from "fs";\nimport * as tslab from "tslab";\nimport { display } from "tslab";',
    "tslab.display.html('Hello <b>tslab!</b>')",
    'tslab.display.javascript(\'alert("hello")\');\ntslab.display.latex("$x$");\ntslab.display.markdown("# Title\\n\\ntext");',
    "tslab.display.svg('<svg><circle r=\"5\"/></svg>');\ntslab.display.text('plain');",
    'fs.writeFileSync("pixel.bin", new Uint8Array([1, 2, 3]));\nconst bytes = fs.readFileSync("pixel.bin");\ndisplay.png(bytes); display.jpeg(bytes); display.gif(new Uint8Array(bytes)); display.pdf(bytes);',
    'display.raw("text/html", "<i>raw</i>");\ndisplay.raw("image/png", bytes)',
  );
  expect(outputs.map(shown)).toEqual([
    [],
    [{ 'text/html': 'Hello <b>tslab!</b>' }],
    [
      { 'text/javascript': 'alert("hello")' },
      { 'text/latex': '$x$' },
      { 'text/markdown': '# Title\n\ntext' },
    ],
    [{ 'image/svg+xml': '<svg><circle r="5"/></svg>' }, { 'text/plain': 'plain' }],
    ['image/png', 'image/jpeg', 'image/gif', 'application/pdf'].map((mime) => ({ [mime]: 'AQID' })),
    [{ 'text/html': '<i>raw</i>' }, { 'image/png': 'AQID' }],
  ]);
  expect(outputs.flat().every((output) => output.output_type === 'display_data')).toBe(true);
});

test('newDisplay: one output, replaced in place, also from later cells and timers', async () => {
  const outputs = await run(
    "import {newDisplay, versions} from 'tslab';\nconst d = newDisplay();\nconst e = newDisplay();\nd.html('<b>1</b>');\ne.text('other');",
    'for (let i = 2; i < 5; i++) {\n  await new Promise(done => setTimeout(done, 1));\n  d.html(`<b>${i}</b>`);\n}',
    'd.markdown("done");\nObject.keys(versions).sort()',
    'let tslab = require("tslab");\ntslab.newDisplay().text("by require");\ntslab.display.html === require("tslab").display.html',
  );
  expect(outputs.map(shown)).toEqual([
    [{ 'text/markdown': 'done' }, { 'text/plain': 'other' }],
    [],
    [{ 'text/plain': "[ 'node', 'tslab', 'typescript' ]" }],
    [{ 'text/plain': 'by require' }, { 'text/plain': 'true' }],
  ]);
});

test('module cells: imported by cells and by each other, anew when defined again', async () => {
  const outputs = await run(
    '/** @module mylib */\nexport let a = "AAA";\nexport enum Color { Red = 1, Blue }\nconsole.log("mylib runs");',
    '/**\n * Uses the other one.\n * @module user\n */\nimport { a } from "./mylib";\nimport { double } from "./helper";\nimport * as tslab from "tslab";\nimport fs from "fs";\nexport const twice = a + a;\nexport default () => typeof fs.existsSync;\nexport const four = double(2);\ntslab.display.text("user runs");',
    'import { a, Color } from "./mylib";\n[a, Color.Blue]',
    'import check, { twice, four } from "./user";\n[twice, check()]',
    '/** @module mylib */\nexport let a = "B";',
    'import { twice } from "./user";\nimport { a } from "./mylib.ts";\n[twice, a, require("./mylib").a, (await import("./mylib")).a]',
    '/* @module no */\nexport const plain = 1; plain',
    'const late = 1; /** @module late */\nlate',
  );
  expect(outputs.map(shown)).toEqual([
    [],
    [],
    ['mylib runs\n', { 'text/plain': "[ 'AAA', 2 ]" }],
    [{ 'text/plain': 'user runs' }, { 'text/plain': "[ 'AAAAAA', 'function' ]" }],
    [],
    [{ 'text/plain': 'user runs' }, { 'text/plain': "[ 'BB', 'B', 'B', 'B' ]" }],
    [{ 'text/plain': '1' }],
    [{ 'text/plain': '1' }],
  ]);
});

test('jsx and browser cells, commonjs and local files', async () => {
  const outputs = await run(
    '/** @browser */\ndocument.body.append("never run")',
    '/** @module view\n * @jsx h */\nfunction h(tag: string, props: object | null, ...children: unknown[]) { return `<${tag}>${children.join("")}</${tag}>` }\nexport const view = (text: string) => <b>{text}</b>;',
    'import { view } from "./view";\nimport * as tslab from "tslab";\ntslab.display.html(view("x"))',
    'const { answer } = require("./data.json");\nimport { double } from "./helper";\nimport { plus } from "old";\nplus(double(answer), 1)',
    'import os = require("os");\nimport path from "path";\n[typeof os.cpus, path.sep]',
    'enum E { A, B }\nnamespace N { export const v = E.B }\nabstract class Shape { constructor(protected readonly side: number) {} abstract area(): number }\nclass Square extends Shape { area() { return this.side ** 2 } }\nnew Square(3).area() + N.v',
    'for await (const x of (async function*() { yield 1; yield 2 })()) console.log(x);',
    'const {promises: files} = require("fs");\nawait files.stat(".").then(s => s.isDirectory())',
  );
  expect(outputs.map(shown)).toEqual([
    ['This cell is marked @browser. As in tslab, it is not run.\n'],
    [],
    [{ 'text/html': '<b>x</b>' }],
    [{ 'text/plain': '85' }],
    [{ 'text/plain': "[ 'function', '/' ]" }],
    [{ 'text/plain': '10' }],
    ['1\n2\n'],
    [{ 'text/plain': 'true' }],
  ]);
});
