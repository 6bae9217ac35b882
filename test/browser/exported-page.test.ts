import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { file, program, python } from '../support/requirement.ts';
import { type InstalledHome, installedHome, out } from './installed-home.ts';
import { serverEnvironment } from './jupyter-server.ts';
import { openPage } from './notebook-page.ts';

const nbconvert = python('EDGEBOOK_PYTHON', ['nbconvert']);
const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');
const edgebook = file(resolve('dist/kernel/cli.js'), 'run `npm run build`');

describeWith('A notebook exported by nbconvert', [nbconvert, chromium, edgebook], () => {
  const closing: (() => unknown)[] = [];
  let installed: InstalledHome;
  let page: Page;

  beforeAll(async () => {
    installed = installedHome(edgebook.path, 'test/fixtures');
    closing.push(installed.remove);
    const { home, root } = installed;
    const export_ = ['-m', 'nbconvert', '--to', 'html', '--execute', 'every-display.ipynb'];
    await promisify(execFile)(nbconvert.path, export_, { cwd: root, env: serverEnvironment(home) });
    const browser = await openPage(chromium.path);
    closing.push(browser.close);
    page = browser.page;
    await page.route(/^(?!file:)/, (route) => route.abort('internetdisconnected'));
    await page.goto(`file://${join(root, 'every-display.html')}`);
  }, 120_000);

  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  test.each([
    ['the plot', '// plot', 'svg', 300],
    ['the table', '// table', 'table', 100],
    ['the PNG', '// png', 'img', 60],
    ['the SVG', '// svg', 'svg, img', 100],
    ['the progress bar', '// progress', 'div > span', 50],
  ])('shows %s with the network off', async (_, cell, selector, width) => {
    const element = page
      .locator('.jp-CodeCell', { hasText: cell })
      .locator(`.jp-OutputArea-output`)
      .locator(selector)
      .first();
    await element.scrollIntoViewIfNeeded();
    expect((await element.boundingBox())?.width).toBeGreaterThan(width);
    if (cell === '// plot') await page.screenshot({ path: join(out, 'exported-plot.png') });
  });
});
