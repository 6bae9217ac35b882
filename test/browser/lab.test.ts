import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { file, program, python } from '../support/requirement.ts';
import { startLab } from './jupyter-lab.ts';
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

/** Screenshots and the log of the last run stay here. Notebooks in it find the packages of this repository. */
const out = resolve('out');

describeWith('The first steps in JupyterLab', [lab, chromium, edgebook], () => {
  const closing: (() => unknown)[] = [];
  let page: Page;
  let cells: NotebookCell[];

  beforeAll(async () => {
    const { home, root } = installedHome();
    const server = await startLab({ python: lab.path, root, home, log: join(out, 'lab.log') });
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

  /** A folder with the kernel installed in it and a copy of the notebook. */
  function installedHome(): { home: string; root: string } {
    mkdirSync(out, { recursive: true });
    const home = mkdtempSync(join(out, 'lab-'));
    closing.push(() => rmSync(home, { recursive: true, maxRetries: 5 }));
    execFileSync(process.execPath, [edgebook.path, 'install', '--prefix', home]);
    const root = join(home, 'notebooks');
    cpSync(resolve('notebooks'), root, { recursive: true });
    return { home, root };
  }

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
