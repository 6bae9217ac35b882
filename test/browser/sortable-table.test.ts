import { expect, test } from 'vitest';
import { notebookHtml } from '../../kernel/html/export-html.ts';
import type { Notebook } from '../../kernel/notebook.ts';
import { reportHtml } from '../../src/report/html.ts';
import { Report } from '../../src/report.ts';
import { describeWith } from '../support/describe-with.ts';
import { program } from '../support/requirement.ts';
import { openPage } from './notebook-page.ts';

const chromium = program('EDGEBOOK_CHROMIUM', '/usr/bin/chromium');

const report = new Report({
  title: 'Sizes',
  columns: ['name', 'size'].map((key) => ({ key, header: key })),
  rows: [
    { name: 'b', size: 1234.5 },
    { name: 'a10', size: -2 },
    { name: 'a9', size: null },
    { name: 'c', size: 30 },
  ],
});

function exported(html: string): string {
  const output = { output_type: 'display_data', data: { 'text/html': html }, metadata: {} };
  const cell = {
    cell_type: 'code',
    id: 'a',
    metadata: {},
    execution_count: 1,
    source: 'x',
    outputs: [output],
  };
  return notebookHtml({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] } as unknown as Notebook);
}

describeWith('Tables in an exported page', [chromium], () => {
  test('are sorted by a click on a header, each on its own', async () => {
    const { page, close } = await openPage(chromium.path);
    try {
      await page.setContent(exported(reportHtml(report) + reportHtml(report)));
      const [first, second] = [page.locator('table').nth(0), page.locator('table').nth(1)];
      const column = (index: number, table = first) =>
        table.locator(`tbody td:nth-child(${index})`).allTextContents();
      const click = (name: string) => first.locator('th', { hasText: name }).click();
      await click('size');
      expect(await column(2)).toEqual(['−2', '30', '1,235', '']);
      await click('size');
      expect(await column(2)).toEqual(['1,235', '30', '−2', '']);
      await click('name');
      expect(await column(1)).toEqual(['a9', 'a10', 'b', 'c']);
      expect(await column(1, second)).toEqual(['b', 'a10', 'a9', 'c']);
    } finally {
      await close();
    }
  });
});
