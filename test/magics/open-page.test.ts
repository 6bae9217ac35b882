import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openPage } from '../../magics/open-page.ts';
import { barFigure } from '../../src/plot/index.ts';

const figure = () => {
  const bars = barFigure([{ name: 'a', value: 1 }], {
    title: 'Bars',
    value: { title: 'Value' },
    category: 'Name',
  });
  bars.embedsLibrary = true;
  return bars;
};

test('the page needs nothing else, and the browser gets its path', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'edgebook-test-'));
  const browser = join(cwd, 'browser');
  writeFileSync(browser, `#!/bin/sh\necho "$1" > ${join(cwd, 'opened')}\n`);
  chmodSync(browser, 0o755);
  const report = await openPage(figure(), { cwd, name: 'bars', env: { BROWSER: browser } });
  const file = join(cwd, '.edgebook', 'plots', 'bars.html');
  expect([report.title, report.warnings]).toEqual([`Opened ${file}`, []]);
  await vi.waitFor(() => expect(existsSync(join(cwd, 'opened'))).toBe(true));
  await vi.waitFor(() => expect(readFileSync(join(cwd, 'opened'), 'utf8')).toBe(`${file}\n`));
  const page = readFileSync(file, 'utf8');
  expect(page.includes('<svg')).toBe(true);
  expect(page.includes('plotly.js')).toBe(true);
  expect(page.includes('<script src=')).toBe(false);
});

test.runIf(process.platform === 'linux')('without a screen it says where the page is', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'edgebook-test-'));
  const report = await openPage(figure(), { cwd, name: 'bars', env: {} });
  expect(report.title).toMatch(/^Wrote .*bars\.html$/);
  expect(report.warnings).toEqual(['No browser could be started here: copy the page to where there is one']);
});
