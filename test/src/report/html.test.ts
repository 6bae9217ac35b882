import { expect, test } from 'vitest';
import { reportHtml } from '../../../src/report/html.ts';
import { Report } from '../../../src/report.ts';

const cellOf = (text: string): string => {
  const columns = [{ key: 'why', header: 'why', wrap: 20 }];
  const html = reportHtml(new Report({ title: 'sentences', columns, rows: [{ why: text }] }));
  return /<td[^>]*>/.exec(html)![0];
};

test('sentences go on in further lines, as narrow as half of what their column wants', () => {
  const wrapped = /white-space:normal;min-width:10ch;max-width:20ch/;
  expect(cellOf('a sentence of more than twenty characters')).toMatch(wrapped);
  expect(cellOf('of fifteen char')).toMatch(wrapped);
  expect(cellOf('of ten ch.')).not.toMatch(/max-width/);
});
