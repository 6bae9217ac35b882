import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { curveFigure } from '../../src/plot/curve.ts';
import { displaySymbol } from '../../src/report.ts';
import { describeWith } from '../support/describe-with.ts';
import { program } from '../support/requirement.ts';
import { openPage } from './notebook-page.ts';

const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');
const out = resolve('out');

describeWith('plotly.js in an exported page', [chromium], () => {
  test('one figure that embeds it makes all of them interactive, offline and beside a module loader', async () => {
    const [before, embedding] = [figure('before'), figure('embedding')];
    embedding.embedsLibrary = true;
    const html = await Promise.all(
      [before, embedding].map(async (f) => (await f[displaySymbol]())['text/html']),
    );
    mkdirSync(out, { recursive: true });
    const folder = mkdtempSync(join(out, 'embedded-'));
    const path = join(folder, 'page.html');
    const loader = '<script>function define() { throw new Error("taken") } define.amd = {};</script>';
    writeFileSync(path, `<!doctype html><meta charset="utf-8">${loader}${html.join('\n')}`);
    const { page, close } = await openPage(chromium.path);
    try {
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(path).href);
      await expect
        .poll(() => page.locator('.js-plotly-plot .main-svg').count(), { timeout: 20_000 })
        .toBeGreaterThan(2);
      expect(await page.locator('.js-plotly-plot').count()).toBe(2);
      expect(requests).toEqual([pathToFileURL(path).href]);
      await page.screenshot({ path: join(out, 'embedded-plot.png') });
    } finally {
      await close();
      rmSync(folder, { recursive: true });
    }
  });
});

const figure = (title: string) =>
  curveFigure([{ name: 'a', x: [1, 2, 3], y: [1, 4, 2] }], { title, y: { title: 'y' } });
