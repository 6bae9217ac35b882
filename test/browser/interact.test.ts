import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { file, program, python } from '../support/requirement.ts';
import { installedHome, out } from './installed-home.ts';
import { jupyterLab, startServer } from './jupyter-server.ts';
import { cellWith, kernelStatus, openNotebook, openPage } from './notebook-page.ts';

const lab = python('EDGEBOOK_PYTHON', ['jupyterlab']);
const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');
const edgebook = file(resolve('dist/kernel/cli.js'), 'run `npm run build`');

describeWith('A person at JupyterLab', [lab, chromium, edgebook], () => {
  const closing: (() => unknown)[] = [];
  let page: Page;

  beforeAll(async () => {
    const { home, root, remove } = installedHome(edgebook.path, 'test/fixtures');
    closing.push(remove);
    const server = await startServer({
      frontEnd: jupyterLab,
      python: lab.path,
      root,
      home,
      log: join(out, 'interact.log'),
    });
    closing.push(server.close);
    const browser = await openPage(chromium.path);
    closing.push(browser.close);
    page = browser.page;
    await openNotebook(page, server.notebookUrl('interact.ipynb'));
  }, 300_000);

  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  test('stops an endless loop by the button, and has the variables after it', async () => {
    await run('let kept');
    await start('// loop');
    await expect.poll(() => kernelStatus(page), { timeout: 20_000 }).toBe('busy');
    await page
      .locator('[data-command="notebook:interrupt-kernel"], [title^="Interrupt the kernel"]')
      .first()
      .click();
    expect(await output('// loop')).toMatch(/KeyboardInterrupt|Interrupt/);
    await page.screenshot({ path: join(out, 'interact-interrupted.png') });
    await run('// after');
    expect(await output('// after')).toMatch(/^42\s*$/);
  });

  test('completes by Tab, with kinds, and explains by Shift-Tab', async () => {
    await cellWith(page, '// ask').locator('.cm-line').last().click();
    await page.keyboard.press('End');
    const popup = page.locator('.jp-Completer:visible');
    const item = popup.locator('.jp-Completer-item', { hasText: 'join' });
    // Lab waits one second for an answer, which the compiler may need to load.
    await expect.poll(() => openedByTab(item), { timeout: 60_000 }).toBe(true);
    expect(await popup.locator('.jp-Completer-item').count()).toBeGreaterThan(20);
    expect(await popup.locator('.jp-Completer-type').first().getAttribute('data-color-index')).toBeTruthy();
    await page.screenshot({ path: join(out, 'interact-completer.png') });
    await page.keyboard.type('joi');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => cellWith(page, '// ask').locator('.cm-line').last().textContent())
      .toBe('words.join');
    await page.keyboard.press('Shift+Tab');
    const help = page.locator('.jp-Tooltip');
    // Lab puts the text into its box a moment after the box itself.
    await expect
      .poll(() => help.textContent(), { timeout: 30_000 })
      .toMatch(/join\(separator\?: string.*\): string/s);
    await page.screenshot({ path: join(out, 'interact-help.png') });
    await page.keyboard.press('Escape');
  });

  test('answers a prompt in the box below the cell', async () => {
    await start('// prompt');
    const box = page.locator('.jp-Stdin-input');
    await box.fill('Ada');
    await page.screenshot({ path: join(out, 'interact-prompt.png') });
    await box.press('Enter');
    const result = cellWith(page, '// prompt').locator('.jp-OutputArea-executeResult');
    expect(await result.textContent()).toMatch(/Hello, Ada/);
  });

  test('restarts by the menu, and the variables are gone', async () => {
    await menu('Kernel', /^Restart Kernel…$/);
    await page.locator('.jp-Dialog .jp-mod-accept').click();
    await expect.poll(() => kernelStatus(page), { timeout: 30_000 }).toBe('idle');
    await run('// gone');
    expect(await output('// gone')).toMatch(/^'?undefined'?\s*$/);
    expect(await cellWith(page, '// gone').locator('.jp-InputPrompt').textContent()).toBe('[1]:');
  });

  async function openedByTab(item: Locator): Promise<boolean> {
    await page.keyboard.press('Tab');
    await page.screenshot({ path: join(out, 'interact-completer.png') });
    return item
      .first()
      .waitFor({ timeout: 2000 })
      .then(
        () => true,
        () => false,
      );
  }

  /** Puts the cursor at the end of a cell and runs it with Control-Enter. */
  async function start(source: string): Promise<void> {
    await cellWith(page, source).locator('.cm-line').last().click();
    await page.keyboard.press('Control+Enter');
  }

  async function run(source: string): Promise<void> {
    await start(source);
    const prompt = cellWith(page, source).locator('.jp-InputPrompt');
    await expect.poll(() => prompt.textContent(), { timeout: 20_000 }).toMatch(/\[\d+\]:/);
  }

  /** What the cell's first output says, once there is one. */
  async function output(source: string): Promise<string | null> {
    return cellWith(page, source).locator('.jp-OutputArea-output').first().textContent();
  }

  async function menu(name: string, item: RegExp): Promise<void> {
    await page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${name}$`) }).click();
    await page.locator('.lm-Menu-itemLabel', { hasText: item }).click();
  }
});
