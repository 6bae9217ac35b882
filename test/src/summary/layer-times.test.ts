import { expect, test } from 'vitest';
import { displaySymbol, type MimeBundle } from '../../../src/report.ts';
import { layerTimes } from '../../../src/summary/index.ts';

const node = (name: string, op: string, microseconds: number) => ({ name, op, microseconds });

test('layers in the order they run with their shares, and operators by what they take together', async () => {
  const times = [node('a', 'Conv', 30), node('b', 'Relu', 10), node('c', 'Conv', 60)];
  const report = layerTimes(times, { title: 'net here' });
  expect(report.title).toBe('net here: 3 layers, 0.100 ms together');
  expect(report.rows.map(({ layer, share }) => [layer, share])).toEqual([
    ['a', 30],
    ['b', 10],
    ['c', 60],
    ['total', null],
  ]);
  const shown = ((await report[displaySymbol]()) as MimeBundle)['text/plain'] as string;
  expect(shown).toMatch(/by operators[\s\S]*Conv \(2\).*90[\s\S]*Relu.*10/);
});

test('without operators the chart is of layers, the slowest first', async () => {
  const times = Array.from({ length: 30 }, (_, i) => node(`layer${i}`, '', i));
  const report = layerTimes(times, { title: 'engine', warnings: ['mind'] });
  expect(report.columns.map(({ key }) => key)).toEqual(['layer', 'microseconds', 'share']);
  const shown = ((await report[displaySymbol]()) as MimeBundle)['text/plain'] as string;
  expect(shown).toContain('by layers: the 25 slowest');
  expect(shown.split('by layers')[1]).toMatch(/layer29[\s\S]*layer28/);
});
