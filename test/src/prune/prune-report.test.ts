import { expect, test } from 'vitest';
import { footprintOf, PruneReport, pruneChannels } from '../../../src/prune/index.ts';
import { displaySymbol, Report } from '../../../src/report.ts';
import { smallNet } from './net.ts';

const before = footprintOf(smallNet());

async function reportOf(): Promise<PruneReport> {
  const { model, report } = await pruneChannels(smallNet(), { sparsity: 0.5 });
  return new PruneReport({ before, after: footprintOf(model), pruning: report, trainings: [] });
}

test('counts by hand: multiplications, weights, bytes', async () => {
  // 16 places of [4,1,3,3] and [3,4,3,3] taps, some in the border, then [2,48].
  expect(before.macs).toBe(16 * (36 + 108) + 96);
  expect(before.parameters).toBe(36 + 4 + 4 * 4 + 108 + 3 + 96 + 2);
  const { facts, rows } = await reportOf();
  expect(rows.map(({ from }) => from)).toEqual(
    [before.macs, before.parameters, before.nonzero, before.bytes, before.zipped, before.sparse].map(
      (n) => n / 1000,
    ),
  );
  for (const { from, to, ratio } of rows) expect(ratio).toBeCloseTo((to as number) / (from as number), 12);
  expect(facts.after.parameters).toBeLessThan(before.parameters);
});

test('no time is told that was not measured, and none faster that was not', async () => {
  const report = await reportOf();
  expect(report.title).not.toMatch(/measured/);
  expect(report.rows).toHaveLength(6);
  const faster = report.withLatency({ before: 2, after: 1, where: 'a bench' });
  expect(faster.title).toMatch(/; 2.000 to 1.000 ms measured on a bench$/);
  expect(faster.rows.at(-1)).toEqual({ what: 'time of a run, measured, ms', from: 2, to: 1, ratio: 0.5 });
  expect(faster.warnings).toEqual([]);
  expect(report.withLatency({ before: 2, after: 2.1 }).warnings.join()).toMatch(
    /measured no faster than the one before \(2.100 and 2.000 ms\)/,
  );
});

test('parts come first, notes are warnings, and what it shows names every group', async () => {
  const part = new Report({ title: 'Accuracy', columns: [{ key: 'a', header: 'a' }], rows: [{ a: 1 }] });
  const report = (await reportOf())
    .withPart(part)
    .withNote('Mind the gap')
    .withLatency({ before: 2, after: 1 });
  expect(report.charts[0]).toBe(part);
  expect(report.warnings).toContain('Mind the gap');
  const { 'text/html': html, 'text/plain': text } = await report[displaySymbol]();
  for (const shown of [
    'conv1',
    'conv2',
    'dense1',
    'must keep its shape',
    'Mind the gap',
    'Channels of each group',
  ]) {
    expect(html).toContain(shown);
    expect(text).toContain(shown);
  }
});

test('the share of channels that went counts those that might', async () => {
  const { report } = await pruneChannels(smallNet(), { sparsity: 0.5 });
  const might = report.groups.filter(({ name }) => name !== 'dense1');
  const gone = might.reduce((sum, { before, after }) => sum + before - after, 0);
  expect(report.sparsity).toBeCloseTo(gone / 7, 12);
});
