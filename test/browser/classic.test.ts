import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { file, program, python } from '../support/requirement.ts';
import { installedHome, out } from './installed-home.ts';
import { type FrontEnd, nbclassic, notebook7, startServer } from './jupyter-server.ts';
import { cellWith, finishedCells, openPage, runAllCells, showInMiddle } from './notebook-page.ts';

const notebooks = python('EDGEBOOK_PYTHON', ['notebook', 'nbclassic']);
const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');
const edgebook = file(resolve('dist/kernel/cli.js'), 'run `npm run build`');

/** What this rig uses of nbclassic's page. */
interface ClassicGlobal {
  readonly Jupyter?: {
    readonly notebook?: {
      readonly kernel?: { is_connected(): boolean };
      execute_all_cells(): void;
      get_cells(): { cell_type: string; input_prompt_number?: number | string }[];
    };
  };
}

describeWith('Every display in the classic notebooks', [notebooks, chromium, edgebook], () => {
  const closing: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function open(frontEnd: FrontEnd): Promise<{ page: Page; url: string }> {
    const { home, root, remove } = installedHome(edgebook.path, 'test/fixtures');
    closing.push(remove);
    const log = join(out, `${frontEnd.module}.log`);
    const server = await startServer({ frontEnd, python: notebooks.path, root, home, log });
    closing.push(server.close);
    const browser = await openPage(chromium.path);
    closing.push(browser.close);
    return { page: browser.page, url: server.notebookUrl('every-display.ipynb') };
  }

  test('Notebook 7', async () => {
    const { page, url } = await open(notebook7);
    await runAllCells(page, url);
    const cells = await finishedCells(page);
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
    for (const [cell, selector] of [
      ['// table', 'table'],
      ['// plot', 'svg'],
      ['// latex', 'mjx-container'],
    ] as const) {
      const element = cellWith(page, cell).locator(`.jp-OutputArea-output ${selector}`).first();
      await showInMiddle(page, element);
      expect((await element.boundingBox())?.width).toBeGreaterThan(50);
    }
    await page.screenshot({ path: join(out, 'notebook7.png') });
  });

  test('nbclassic', async () => {
    const { page, url } = await open(nbclassic);
    await page.goto(url);
    await page.waitForFunction(() => (globalThis as ClassicGlobal).Jupyter?.notebook?.kernel?.is_connected());
    await page.evaluate(() => (globalThis as ClassicGlobal).Jupyter!.notebook!.execute_all_cells());
    await page.waitForFunction(
      () =>
        (globalThis as ClassicGlobal)
          .Jupyter!.notebook!.get_cells()
          .filter((cell) => cell.cell_type === 'code')
          .every((cell) => typeof cell.input_prompt_number === 'number'),
      undefined,
      { timeout: 120_000 },
    );
    const plot = page.locator('.code_cell', { hasText: '// plot' }).locator('.output_html svg');
    await plot.scrollIntoViewIfNeeded();
    expect((await plot.boundingBox())?.width).toBeGreaterThan(300);
    await page.screenshot({ path: join(out, 'nbclassic.png') });
    const outputs = page.locator('.output_subarea');
    expect(await outputs.filter({ hasText: 'RangeError: b must not be 0' }).count()).toBe(1);
    expect(await page.locator('.output_html table').count()).toBeGreaterThanOrEqual(3);
  });
});
