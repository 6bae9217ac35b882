import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
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

describeWith('The first steps in JupyterLab', [lab, chromium, edgebook], () => {
  const closing: (() => unknown)[] = [];
  let page: Page;
  let cells: NotebookCell[];

  beforeAll(async () => {
    const { home, root, remove } = installedHome(edgebook.path, 'notebooks');
    closing.push(remove);
    const server = await startServer({
      frontEnd: jupyterLab,
      python: lab.path,
      root,
      home,
      log: join(out, 'lab.log'),
    });
    closing.push(server.close);
    const browser = await openPage(chromium.path);
    closing.push(browser.close);
    page = browser.page;
    await runAllCells(page, server.notebookUrl('01-first-steps.ipynb'));
    cells = await finishedCells(page);
  }, 300_000);

  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  test('every cell runs, in order and without an error', async () => {
    await showInMiddle(page, page.locator('.jp-Cell').first());
    await page.screenshot({ path: join(out, 'lab-top.png') });
    const errors = cells.flatMap(({ source, outputs = [] }) =>
      outputs.flatMap(({ output_type, evalue }) => (output_type === 'error' ? [{ source, evalue }] : [])),
    );
    expect(errors).toEqual([]);
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
  });

  test('the Pareto plot is on the page', async () => {
    const plot = cellWith(page, '%plot pareto').locator('.jp-OutputArea-output svg').first();
    await showInMiddle(page, plot);
    await page.screenshot({ path: join(out, 'lab-pareto.png') });
    expect((await plot.boundingBox())?.width).toBeGreaterThan(300);
    expect(await plot.textContent()).toMatch(/cnn_int8.*Pareto front/s);
  });
});
