import { expect, test } from 'vitest';
import { type Column, displaySymbol, Report } from '../../src/report.ts';
import { expectGolden } from '../golden.ts';

const columns: Column[] = [
  { key: 'name', header: 'variant' },
  { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
  { key: 'accuracy', header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
  { key: 'change', header: 'vs root', unit: 'points', scale: 100, decimals: 2, signed: true },
  { key: 'latency', header: 'latency', unit: 'ms' },
  { key: 'front', header: 'on front' },
];
const report = new Report({
  title: 'Comparison of 3 variants',
  columns,
  rows: [
    { name: 'cnn', bytes: 1_234_567, accuracy: 0.98765, change: null, latency: 12.345678, front: true },
    { name: 'q <int8>', bytes: 312_000, accuracy: 0.9871, change: -0.00055, latency: 4.1, front: true },
    { name: 'pruned', bytes: 87, accuracy: 0.99, change: 0.00235, latency: 0.00001234, front: false },
  ],
  warnings: ['Two runs & one "outlier"'],
});

test('A report reads as an aligned table', async () => {
  const bundle = await report[displaySymbol]();
  expectGolden(bundle['text/plain'] as string, 'report/table.txt');
  expectGolden(bundle['text/html'] as string, 'report/table.html');
});

test('Every line fits the width, and every block repeats the first column', () => {
  const text = report.toText({ width: 40 });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(text.match(/^variant/gm)).toHaveLength(2);
  expectGolden(text, 'report/narrow.txt');
});

test('names and sentences give way before the table breaks, and stay distinct', () => {
  const wide = new Report({
    title: 'wide',
    columns: [
      { key: 'name', header: 'name' },
      { key: 'because', header: 'because', wrap: 50 },
      { key: 'value', header: 'a header that can not be cut' },
    ],
    rows: [1, 2, 3].map((value) => ({
      name: `module/that/all/names/begin/with/layer_${value}/relu`,
      because: 'words that can be wrapped at any of the spaces between them',
      value,
    })),
  });
  const text = wide.toText({ width: 80 });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text.match(/^name/gm)).toHaveLength(1);
  for (const layer of [1, 2, 3]) expect(text).toContain(`layer_${layer}/relu`);
  expect(wide.toText({ width: 40 }).match(/^name/gm)).toHaveLength(2);
});

test('a page scrolls a long table, and its tooltips have the names whole', async () => {
  const name = (row: number) => `${'very/'.repeat(10)}long/name/${row}`;
  const rows = Array.from({ length: 31 }, (_, row) => ({ name: name(row) }));
  const html = async (shown: typeof rows) =>
    String(
      (
        await new Report({ title: '', columns: [{ key: 'name', header: 'name' }], rows: shown })[
          displaySymbol
        ]()
      )['text/html'],
    );
  expect(await html(rows)).toContain('overflow-y:auto');
  expect(await html(rows)).toContain(`title="${name(30)}">…/30<`);
  expect(await html(rows.slice(1))).not.toContain('overflow-y');
});

test('HTML escapes all that comes from outside', async () => {
  const nasty = '<img src=x onerror="alert(1)">&\'';
  const html = (
    await new Report({
      title: nasty,
      columns: [{ key: 'x', header: nasty, unit: nasty }],
      rows: [{ x: nasty }],
      warnings: [nasty],
    })[displaySymbol]()
  )['text/html'] as string;
  expect(html).not.toContain('<img');
  expect(html.match(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;&amp;&#39;/g)).toHaveLength(5);
});

test('Charts follow the table in both representations', async () => {
  const chart = { [displaySymbol]: () => ({ 'text/plain': 'TEXT CHART', 'text/html': '<svg></svg>' }) };
  const bundle = await new Report({ title: 't', columns: [], rows: [], charts: [chart] })[displaySymbol]();
  expect(bundle['text/plain']).toBe('t\n(no rows)\n\nTEXT CHART');
  expect(bundle['text/html']).toMatch(/<\/div>\n<svg><\/svg>$/);
});

test('Numbers keep four significant digits unless the column fixes decimals', () => {
  const show = (value: number, column: Partial<Column> = {}) =>
    new Report({ title: '', columns: [{ key: 'v', header: 'v', ...column }], rows: [{ v: value }] })
      .toText()
      .split('\n')
      .at(-1)!
      .trim();
  expect(show(1234567)).toBe('1,234,567');
  expect(show(0.123456)).toBe('0.1235');
  expect(show(-0.00001, { decimals: 2 })).toBe('0.00');
  expect(show(-0.5, { decimals: 1, signed: true })).toBe('−0.5');
  expect(show(0.5, { decimals: 1, signed: true })).toBe('+0.5');
  expect(show(0.4, { significant: 3 })).toBe('0.400');
  expect(show(1234.5, { significant: 3 })).toBe('1,235');
  expect(show(-2.28e-8)).toBe('−2.28e−8');
  expect(show(Number.NaN)).toBe('NaN');
  expect(show(0)).toBe('0');
});
