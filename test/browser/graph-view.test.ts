import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { GraphView } from '../../src/graph-view/index.ts';
import { displaySymbol } from '../../src/report.ts';
import { architecture } from '../../src/zoo/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { program } from '../support/requirement.ts';
import { openPage } from './notebook-page.ts';

const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');
const out = resolve('out');

describeWith('a graph in a page', [chromium], () => {
  test('is dragged, zoomed by buttons, wheel and double click, and fetches nothing', async () => {
    const model = architecture('mobile', { sample: [1, 28, 28], classes: 10 });
    const bundle = await new GraphView(model, { name: 'mobile' })[displaySymbol]();
    mkdirSync(out, { recursive: true });
    const path = join(out, 'graph-view.html');
    writeFileSync(path, `<!doctype html><meta charset="utf-8">${bundle['text/html']}`);
    const { page, close } = await openPage(chromium.path);
    try {
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(path).href);
      const svg = page.locator('.edgebook-graph svg');
      const view = async () => (await svg.getAttribute('viewBox'))!.split(' ').map(Number);
      const frame = (await svg.boundingBox())!;
      const middle = { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 };
      const [x0, y0, width0, height0] = await view();
      expect(y0).toBe(0);
      expect(width0).toBeCloseTo(frame.width, 0);
      await page.screenshot({ path: join(out, 'graph-view.png') });

      await page.mouse.move(middle.x, middle.y);
      await page.mouse.down();
      await page.mouse.move(middle.x - 30, middle.y - 200, { steps: 4 });
      await page.mouse.up();
      const [x1, y1] = await view();
      expect([x1! - x0!, y1! - y0!].map(Math.round)).toEqual([30, 200]);

      await page.getByRole('button', { name: 'Zoom in' }).click();
      const [, , width2] = await view();
      expect(width2).toBeCloseTo(width0! / 1.4, 0);
      await page.getByRole('button', { name: 'Show all' }).click();
      const [, y3, , height3] = await view();
      expect(y3).toBeLessThanOrEqual(0);
      expect(height3).toBeGreaterThan(height0!);

      await page.mouse.wheel(0, -300);
      expect((await view())[3]).toBe(height3);
      await page.keyboard.down('Control');
      await page.mouse.move(middle.x, middle.y);
      await page.mouse.wheel(0, -300);
      await page.keyboard.up('Control');
      expect((await view())[3]).toBeLessThan(height3!);
      const before = (await view())[3]!;
      await page.mouse.dblclick(middle.x, middle.y);
      expect((await view())[3]).toBeCloseTo(before / 2, 0);
      expect(requests).toEqual([pathToFileURL(path).href]);
    } finally {
      await close();
    }
  });
});
