import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { file, program, python } from '../support/requirement.ts';
import { jupyterLab, startServer } from './jupyter-server.ts';
import { cellWith, finishedCells, openPage, runAllCells, runCell, showInMiddle } from './notebook-page.ts';

const lab = python('EDGEBOOK_PYTHON', ['jupyterlab', 'anywidget']);
const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');
const edgebook = file(resolve('dist/kernel/cli.js'), 'run `npm run build`');
const out = resolve('out');

const counter = `const counter = widget({
  render({ model, el }) {
    const button = document.createElement('button');
    const draw = () => (button.textContent = 'count ' + model.get('count'));
    button.onclick = () => { model.set('count', model.get('count') + 1); model.save_changes(); };
    model.on('change:count', draw);
    draw();
    el.append(button);
  },
  state: { count: 5 },
});
counter`;

const sources = [
  counter,
  'counter.set("count", 7); await new Promise((resolve) => counter.on("change:count", resolve)); counter.get("count")',
  '%train mlp --limit 12800',
  '%train cnn --limit 6400',
  '%bench mlp cnn --runs 50',
  'const pareto = %plot pareto',
  'pareto // click a point',
  'pareto.selected?.name',
];

describeWith('Widgets in JupyterLab', [lab, chromium, edgebook], () => {
  const closing: (() => unknown)[] = [];
  let page: Page;

  beforeAll(async () => {
    mkdirSync(out, { recursive: true });
    const home = mkdtempSync(join(out, 'widgets-'));
    closing.push(() => rmSync(home, { recursive: true, maxRetries: 5 }));
    execFileSync(process.execPath, [edgebook.path, 'install', '--prefix', home]);
    const root = join(home, 'notebooks');
    mkdirSync(root);
    writeFileSync(join(root, 'widgets.ipynb'), notebook(sources));
    const server = await startServer({
      frontEnd: jupyterLab,
      python: lab.path,
      root,
      home,
      log: join(out, 'widgets-lab.log'),
    });
    closing.push(server.close);
    const browser = await openPage(chromium.path);
    closing.push(browser.close);
    page = browser.page;
    await runAllCells(page, server.notebookUrl('widgets.ipynb'));
  }, 120_000);

  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  test('a click in a widget reaches a cell that waits for it, and a cell changes the widget', async () => {
    const button = cellWith(page, 'const counter').locator('.jp-OutputArea-output button');
    await button.filter({ hasText: 'count 7' }).click({ timeout: 60_000 });
    const result = cellWith(page, 'counter.set').locator('.jp-OutputArea-output');
    await expect.poll(() => result.textContent(), { timeout: 10_000 }).toBe('8');
  });

  test('the curve of %train grows as a widget, and its last frame is in the notebook', async () => {
    const curve = cellWith(page, '%train mlp').locator('.jp-OutputArea-output svg').first();
    await curve.waitFor({ timeout: 120_000 });
    const cells = await finishedCells(page);
    expect(cells.flatMap(({ outputs = [] }) => outputs.filter((o) => o.output_type === 'error'))).toEqual([]);
    await showInMiddle(page, curve);
    await curve.hover({ position: { x: 150, y: 90 } });
    await page.screenshot({ path: join(out, 'widgets-curve.png') });
    const shown = cells.find(({ source }) => source.startsWith('%train mlp'))!.outputs!;
    const bundle = shown
      .map(({ data }) => data ?? {})
      .find((data) => 'application/vnd.jupyter.widget-view+json' in data)!;
    expect(String(bundle['text/html'])).toContain('<svg');
    expect(String(bundle['text/plain'])).toMatch(/train mlp, steps .*Loss 0\.\d+/s);
  });

  test('a click on a point of the Pareto plot selects a variant', async () => {
    const plot = cellWith(page, 'click a point').locator('.jp-OutputArea-output');
    const points = plot.locator('.mark-symbol.role-mark > path');
    await showInMiddle(page, plot.locator('svg').first());
    await points.nth(1).hover();
    await page.screenshot({ path: join(out, 'widgets-pareto-hover.png') });
    await points.nth(1).click();
    await page.getByText(/^Selected: cnn \(train\)/).waitFor({ timeout: 10_000 });
    await runCell(page, 'pareto.selected?.name');
    const named = cellWith(page, 'pareto.selected?.name').locator('.jp-OutputArea-output');
    await expect.poll(() => named.textContent(), { timeout: 10_000 }).toBe("'cnn'");
    await page.evaluate(() => {
      const { jupyterapp } = globalThis as unknown as {
        jupyterapp: { commands: { execute(name: string, args: object): Promise<void> } };
      };
      return jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' });
    });
    await showInMiddle(page, plot.locator('svg').first());
    await points.nth(0).hover();
    await page.screenshot({ path: join(out, 'widgets-pareto-dark.png') });
  });
});

function notebook(cells: readonly string[]): string {
  const code = cells.map((source, i) => ({
    cell_type: 'code',
    id: `cell-${i}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  }));
  const kernelspec = { name: 'edgebook', display_name: 'Edgebook (TypeScript)', language: 'typescript' };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: code });
}
