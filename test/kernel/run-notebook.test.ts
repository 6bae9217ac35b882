import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { notebookHtml } from '../../kernel/html/export-html.ts';
import type { CodeCell, Notebook } from '../../kernel/notebook.ts';
import { runNotebook } from '../../kernel/run-notebook.ts';
import { fakeMagics } from './cells.ts';
import { notebookFolder } from './notebook-folder.ts';

const code = (source: string, tags: string[] = []) => ({
  cell_type: 'code',
  id: 'c',
  metadata: { tags },
  execution_count: 9,
  outputs: [{ output_type: 'stream', name: 'stdout', text: 'old' }],
  source,
});

function notebook(...sources: (string | object)[]): string {
  const path = join(notebookFolder(), 'book.ipynb');
  const cells = sources.map((source) => (typeof source === 'string' ? code(source) : source));
  const title = {
    cell_type: 'markdown',
    id: 'm',
    metadata: {},
    source: ['# A <title>\n', '\n', '| a |\n|---|\n| 1 |'],
  };
  writeFileSync(
    path,
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kept: true }, cells: [title, ...cells] }),
  );
  return path;
}

interface TestOptions {
  readonly isTTY?: boolean;
  readonly signal?: AbortSignal;
  readonly out?: string;
  readonly magicsUrl?: string;
}

const ownMagics = new URL('../../magics/index.ts', import.meta.url).href;

async function run(path: string, options: TestOptions = {}) {
  const terminal = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false, columns: 80 });
  const { signal, out, magicsUrl = fakeMagics } = options;
  const result = await runNotebook(path, {
    terminal,
    magicsUrl,
    ...(signal && { signal }),
    ...(out && { out }),
  });
  const stored = JSON.parse(readFileSync(out ?? path, 'utf8')) as Notebook;
  const cells = stored.cells.filter((cell) => cell.cell_type === 'code') as CodeCell[];
  return { ...result, stored, cells, printed: String(terminal.read() ?? '') };
}

test('outputs are stored as nbformat wants them', async () => {
  const path = notebook(
    "import data from './data.json'; console.log('a'); process.stdout.write('b\\nc'); data.answer",
    '',
    "const h = display('first'); display('second'); h.update('third')",
    "h.update('fourth')",
  );
  const { ok, cells, stored } = await run(path);
  expect(ok).toBe(true);
  expect(stored.metadata).toEqual({ kept: true });
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, null, 2, 3]);
  expect(cells[0]!.outputs).toEqual([
    { output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n', 'c'] },
    { output_type: 'execute_result', data: { 'text/plain': ['42'] }, metadata: {}, execution_count: 1 },
  ]);
  expect(cells[1]!.outputs).toEqual([]);
  expect(cells[2]!.outputs.map((o) => 'data' in o && o.data['text/plain'])).toEqual([
    ["'fourth'"],
    ["'second'"],
  ]);
  expect(cells[3]!.outputs).toEqual([]);
});

test('the run stops at the first error; the notebook is written all the same', async () => {
  const path = notebook('1', "throw new Error('no')", '3');
  const out = join(path, '..', 'new', 'out.ipynb');
  const { ok, cells, printed } = await run(path, { out });
  expect(ok).toBe(false);
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, null]);
  expect(cells[1]!.outputs).toMatchObject([{ output_type: 'error', ename: 'Error', evalue: 'no' }]);
  expect(cells[2]!.outputs).toEqual([]);
  expect(printed).toContain('Cell In[2], line 1');
  expect(JSON.parse(readFileSync(path, 'utf8')).cells[1].execution_count).toBe(9);
});

test('a cell tagged raises-exception may fail', async () => {
  const { ok } = await run(notebook(code("throw new Error('meant')", ['raises-exception']), '2'));
  expect(ok).toBe(true);
});

test('an interrupt stops the running cell', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 600);
  const { ok, cells } = await run(notebook('for (;;) {}', '2'), { signal: abort.signal });
  expect(ok).toBe(false);
  expect(cells[0]!.outputs).toMatchObject([{ ename: 'Interrupted' }]);
});

test('a log gets plain lines, a terminal updates in place', async () => {
  const path = notebook('// why\nconst a = 1;', "console.log('out')\n%count", '%count');
  const log = await run(path);
  expect(log.printed).toContain('[1/3] const a = 1;');
  expect(log.printed).not.toContain('\u001b');
  const counted = log.printed.split('\n').filter((line) => line.startsWith('count ['));
  expect(counted.at(-1)).toContain('1000/1000');
  expect(counted.length).toBeLessThan(6);
  const tty = await run(path, { isTTY: true });
  expect(tty.printed).toContain('\u001b[1A\u001b[J');
});

test('the types of cells are noted in their own outputs, also of the last', async () => {
  const path = notebook('%types warn', "let q: number = 'bad'", '1 + 1', "let r: number = 'worse'");
  const { cells } = await run(path, { magicsUrl: ownMagics });
  const notes = cells
    .slice(1)
    .map(({ outputs }) => JSON.stringify(outputs).match(/Type error in Cell In\[\d\]/g));
  expect(notes).toEqual([['Type error in Cell In[2]'], null, ['Type error in Cell In[4]']]);
}, 120_000);

test.each([
  ['/nowhere/x.ipynb', undefined, 'Cannot read the notebook'],
  ['broken.ipynb', '{', 'is no notebook'],
  ['old.ipynb', '{"nbformat": 3, "worksheets": []}', 'nbformat 4, was 3'],
])('%s is refused', async (name, text, message) => {
  const path = text === undefined ? name : join(notebookFolder(), name);
  if (text !== undefined) writeFileSync(path, text);
  await expect(runNotebook(path)).rejects.toThrow(message);
});

test('the page holds all outputs, escaped, and plotly only if a plot wants it', async () => {
  const path = notebook(
    "console.log('<script>')",
    "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>rich</b>', 'text/plain': 'poor' }) })",
    code("throw new Error('<i>')", ['raises-exception']),
  );
  const html = notebookHtml((await run(path)).notebook);
  expect(html).toContain('<title>A &#60;title&#62;</title>');
  expect(html).toContain('<table>');
  expect(html).toContain('&#60;script&#62;');
  expect(html).toContain('<b>rich</b>');
  expect(html).not.toContain('<pre>poor');
  expect(html).toContain('&#60;i&#62;');
  expect(html).not.toContain('Plotly');
  const figure = "{ data: [{ y: [1], name: '</script>' }], layout: {} }";
  const bundle = `{ 'application/vnd.plotly.v1+json': ${figure}, 'text/html': 'other', 'image/svg+xml': '<svg/>' }`;
  const plot = notebook(`({ [Symbol.for('Jupyter.display')]: () => (${bundle}) })`);
  const page = notebookHtml((await run(plot)).notebook);
  expect(page).toContain('<svg/>');
  expect(page).toContain('Plotly.newPlot');
  expect(page.match(/<\/script>/g)).toHaveLength(2);
});
