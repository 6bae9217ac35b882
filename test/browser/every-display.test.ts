import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { file, program, python } from '../support/requirement.ts';
import { installedHome, out } from './installed-home.ts';
import { jupyterLab, startServer } from './jupyter-server.ts';
import {
  cellWith,
  finishedCells,
  type NotebookCell,
  openPage,
  runAllCells,
  showInMiddle,
} from './notebook-page.ts';

const lab = python('EDGEBOOK_PYTHON', ['jupyterlab']);
const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');
const edgebook = file(resolve('dist/kernel/cli.js'), 'run `npm run build`');

/** The comment that begins a cell of the notebook, what its output holds, and what it says. */
const kinds: readonly [cell: string, selector: string, text: RegExp][] = [
  ['// result', 'pre', /answer: 42.*parts/s],
  ['// html', 'b#bold', /^bold$/],
  ['// svg', 'img[src^="data:image/svg"], svg', /^(a circle)?$/],
  ['// png', 'img[src^="data:image/png"]', /^$/],
  ['// markdown', 'li >> nth=1', /^two$/],
  ['// latex', 'mjx-container', /round/],
  ['// json', 'div', /device.*jetson.*cores/s],
  ['// javascript', 'xpath=.', /^drawn by a script$/],
  ['// table', 'table', /model.*cnn.*cnn_int8/s],
  ['// typed array', 'pre, table', /100/],
  ['// update in place', 'pre', /^'?counted to 20'?\s*$/],
  ['// clear', 'pre', /^what remains\s*$/],
  ['// progress', 'div', /937\/937 · test accuracy/],
  ['// plot', 'svg', /loss/],
  ['// long', 'pre', /^line 1 of 3000\n.*\nline 2999 of 3000\nline 3000 of 3000\s*$/s],
  [
    '// error',
    'pre',
    /RangeError: b must not be 0.*Cell In\[17\], line 3, in divide.*Caused by Error: no data/s,
  ],
];

describeWith('Every display in JupyterLab', [lab, chromium, edgebook], () => {
  const closing: (() => unknown)[] = [];
  let page: Page;
  let cells: NotebookCell[];

  beforeAll(async () => {
    const { home, root, remove } = installedHome(edgebook.path, 'test/fixtures');
    closing.push(remove);
    const server = await startServer({
      frontEnd: jupyterLab,
      python: lab.path,
      root,
      home,
      log: join(out, 'every-display.log'),
    });
    closing.push(server.close);
    const browser = await openPage(chromium.path);
    closing.push(browser.close);
    page = browser.page;
    await runAllCells(page, server.notebookUrl('every-display.ipynb'));
    cells = await finishedCells(page);
  }, 300_000);

  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  test('only the cell that is to fail fails', () => {
    const failed = cells.filter((cell) => cell.outputs?.some(({ output_type }) => output_type === 'error'));
    expect(failed.map(({ source }) => source.split('\n')[0])).toEqual(['// error']);
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
  });

  test('streams appear in order, stderr marked as such', async () => {
    const outputs = await shown('// streams');
    expect(await outputs.allTextContents()).toEqual(['to stdout\n', 'to stderr\n', 'to stdout again\n']);
    const stderr = outputs.and(page.locator('[data-mime-type="application/vnd.jupyter.stderr"]'));
    expect(await stderr.count()).toBe(1);
  });

  test.each(kinds)('%s', async (cell, selector, text) => {
    const outputs = await shown(cell);
    const element = outputs.locator(selector).first();
    expect((await element.boundingBox())?.width).toBeGreaterThan(0);
    expect(await element.textContent()).toMatch(text);
  });

  test.each(['light', 'dark'])('screenshots in the %s theme', async (theme) => {
    await setTheme(page, theme === 'dark' ? 'JupyterLab Dark' : 'JupyterLab Light');
    for (const cell of ['// html', '// markdown', '// table', '// progress', '// plot', '// error']) {
      await shown(cell);
      await page.screenshot({ path: join(out, `every-${theme}-${cell.slice(3)}.png`) });
    }
  });

  /** The outputs of the cell that begins with a comment, brought to the screen. */
  async function shown(comment: string): Promise<Locator> {
    const outputs = cellWith(page, comment).locator('.jp-OutputArea-output');
    await showInMiddle(page, outputs.first());
    return outputs;
  }
});

async function setTheme(page: Page, name: string): Promise<void> {
  await page.evaluate((theme) => {
    type App = { commands: { execute(id: string, args: object): Promise<void> } };
    const { jupyterapp } = globalThis as unknown as { jupyterapp: App };
    return jupyterapp.commands.execute('apputils:change-theme', { theme });
  }, name);
  await page.waitForFunction(
    (dark) =>
      `${dark}` !==
      (globalThis as never as { document: { body: { dataset: DOMStringMap } } }).document.body.dataset
        .jpThemeLight,
    name.includes('Dark'),
  );
}
type DOMStringMap = Record<string, string | undefined>;
