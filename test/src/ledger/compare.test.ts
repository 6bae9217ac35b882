import { expect, test } from 'vitest';
import { compare } from '../../../src/ledger/compare.ts';
import { paretoOf } from '../../../src/ledger/pareto-of.ts';
import { toText } from '../../../src/plot/text.ts';
import { expectGolden } from '../../golden.ts';
import { bytes, exampleLedger, measurement, openLedger } from './fixture.ts';

test('Every variant is compared with the root and the parent of its lineage', async () => {
  const report = compare(await exampleLedger());
  expectGolden(report.toText(), 'ledger/compare.txt');
  const [cnn, q, p, s] = report.rows;
  expect(cnn).toMatchObject({
    variant: 'cnn',
    bytes: 1000,
    sizeRatio: 1,
    fromRoot: undefined,
    speedup: 1,
    pareto: 'front',
  });
  expect(q!.fromRoot).toBeCloseTo(-0.0007, 12);
  expect(q!.speedup).toBeCloseTo(0.4 / 0.15, 12);
  expect(q).toMatchObject({ sizeRatio: 0.26, pareto: 'front' });
  expect(p).toMatchObject({ sizeRatio: 0.5, pareto: 'dominated by q' });
  expect(s).toMatchObject({ variant: 's', sizeRatio: 0.1, fromRoot: undefined, pareto: undefined });
});

test('Later measurements win; devices and batches are kept apart; accuracy counts for all batches', async () => {
  const ledger = await openLedger();
  await ledger.add({ name: 'a', model: bytes('a'), step: 'load', metrics: { accuracy: 0.5, parameters: 7 } });
  await ledger.measure('a', measurement({ latencyP50: 9 }));
  await ledger.measure('a', measurement({ latencyP50: 1, energy: 3 }));
  await ledger.measure('a', measurement({ latencyP50: 4 }, { batch: 8 }));
  await ledger.measure('a', measurement({ accuracy: 0.9 }, { batch: 100 }));
  await ledger.measure(
    'a',
    measurement({ latencyP50: 20 }, { device: 'pi', conditions: { kind: 'emulated' } }),
  );
  const { rows, columns } = compare(ledger);
  expect(rows).toMatchObject([
    { device: 'local', batch: 1, latencyP50: 1, accuracy: 0.9, parameters: 7, energy: 3 },
    { device: 'local', batch: 8, latencyP50: 4, accuracy: 0.9 },
    { device: 'pi (emulated)', batch: 1, latencyP50: 20, accuracy: 0.5 },
  ]);
  expect(columns.map(({ key }) => key)).toEqual(expect.arrayContaining(['device', 'batch', 'energy']));
  const figure = paretoOf(ledger);
  expect(figure.marks.filter(({ kind }) => kind === 'scatter').map(({ name }) => name)).toEqual([
    'local, batch 1',
    'local, batch 8',
    'pi (emulated), batch 1',
  ]);
});

test('Latencies under different conditions are warned about', async () => {
  const ledger = await openLedger();
  for (const [name, threads] of [
    ['a', 1],
    ['b', 4],
  ] as const) {
    await ledger.add({ name, model: bytes(name), step: 'load' });
    await ledger.measure(
      name,
      measurement({ latencyP50: 1 }, { conditions: { threads, runs: threads * 100, cpu: `cpu ${threads}` } }),
    );
  }
  expect(compare(ledger).warnings).toEqual([
    'Latencies on local were measured with different threads: 1 (a), 4 (b)',
    'Latencies on local were measured with different cpu: cpu 1 (a), cpu 4 (b)',
  ]);
});

test('Accuracies on different data are neither subtracted nor set against each other', async () => {
  const ledger = await openLedger();
  const [all, few] = ['mnist test 10000', 'mnist[:2000] test 2000'];
  const tested = (accuracy: number, latencyP50: number, data: string) =>
    measurement({ accuracy, latencyP50 }, { conditions: { data } });
  await ledger.add({ name: 'a', model: bytes('a'), step: 'train', metrics: { accuracy: 0.9 }, tested: all });
  await ledger.add({ name: 'b', model: bytes('b'), step: 'quantize', parent: 'a' });
  await ledger.add({ name: 'c', model: bytes('c'), step: 'quantize', parent: 'a' });
  await ledger.measure('b', tested(0.95, 1, few));
  await ledger.measure('c', tested(0.8, 2, all));
  const { rows, warnings, columns } = compare(ledger);
  expect(rows).toMatchObject([
    { variant: 'a', data: all },
    { variant: 'b', data: few, fromRoot: undefined, pareto: 'front' },
    { variant: 'c', data: all, pareto: 'front' },
  ]);
  expect(rows[2]!.fromRoot).toBeCloseTo(-0.1, 12);
  expect(columns.map(({ key }) => key)).toContain('data');
  expect(warnings).toEqual([
    `Accuracies were measured on different data, and are compared among equal data only: ${all} (c), ${few} (b)`,
  ]);
  const groups = paretoOf(ledger).marks.filter(({ kind }) => kind === 'scatter');
  expect(groups.map(({ name }) => name)).toEqual([`local, ${few}`, `local, ${all}`]);
});

test('Sorts by every column that is shown and every known metric', async () => {
  const ledger = await openLedger();
  for (const [name, latencyMean, energy] of [
    ['a', 2, 1],
    ['b', 1, 3],
    ['c', 3, 2],
  ] as const) {
    await ledger.add({ name, model: bytes(name), step: 'load' });
    await ledger.measure(name, measurement({ latencyMean, energy }));
  }
  const order = (sort: string) => compare(ledger, { sort }).rows.map(({ variant }) => variant);
  expect(order('mean')).toEqual(['b', 'a', 'c']);
  expect(order('latencyMean')).toEqual(['b', 'a', 'c']);
  expect(order('energy')).toEqual(['a', 'c', 'b']);
  expect(() => order('colour')).toThrow(/Unknown column 'colour'/);
});

test('The Pareto figure of a ledger names every variant, also those that cannot be drawn', async () => {
  const figure = paretoOf(await exampleLedger());
  expect(figure.notes).toEqual(['Not drawn, since not measured: s']);
  expectGolden(toText(figure), 'ledger/pareto.txt');
});

test('Without accuracy and latency there is no Pareto figure', async () => {
  const ledger = await openLedger();
  expect(() => paretoOf(ledger)).toThrow(/no variant has both/);
  expect(compare(ledger).toText()).toBe('0 variants\n(no rows)');
});

test('Who is sorted by a cost is compared by it too: what another variant beats says by which', async () => {
  const ledger = await openLedger();
  const add = (name: string, size: number, accuracy: number, macs: number) =>
    ledger.add({
      ...{ name, model: bytes(name[0]!.repeat(size)), step: 'load', metrics: { accuracy, macs } },
      tested: 'mnist test 10000',
    });
  await add('large', 100, 0.99, 50);
  await add('worse', 60, 0.95, 70);
  await add('middle', 50, 0.96, 60);
  await add('tiny', 10, 0.9, 80);
  const marked = (sort: string) =>
    compare(ledger, { sort }).rows.map(({ variant, pareto }) => [variant, pareto]);
  expect(marked('size')).toEqual([
    ['tiny', 'front'],
    ['middle', 'front'],
    ['worse', 'dominated by middle'],
    ['large', 'front'],
  ]);
  expect(marked('macs')).toEqual([
    ['large', 'front'],
    ['middle', 'dominated by large'],
    ['worse', 'dominated by large'],
    ['tiny', 'dominated by large'],
  ]);
  // Without latencies the size tells who is beaten.
  expect(marked('accuracy').map(([, pareto]) => pareto)).toEqual([
    ...['front', 'front', 'dominated by middle', 'front'],
  ]);
  expect(compare(ledger).columns.at(-1)!.header).toBe('Pareto: accuracy against size');
  expect(compare(ledger, { sort: 'size' }).columns.at(-1)!.header).toBe('Pareto: accuracy against size');
  const bySize = paretoOf(ledger, undefined, { against: 'size' });
  expect(bySize).toMatchObject({ title: 'Accuracy against size', x: { title: 'Size', unit: 'kB' } });
  const [front] = bySize.marks;
  expect(front).toMatchObject({ kind: 'line', points: [{ x: 0.01 }, { x: 0.05 }, { x: 0.1 }] });
  expect(() => paretoOf(ledger, undefined, { against: 'colour' })).toThrow(
    /quantity to set accuracy against/,
  );
});

test('Devices are chosen by name, also emulated ones; every one has its front', async () => {
  const ledger = await openLedger();
  await ledger.add({ name: 'a', model: bytes('a'), step: 'load', metrics: { accuracy: 0.9 } });
  await ledger.add({ name: 'b', model: bytes('b'), step: 'load', metrics: { accuracy: 0.8 } });
  for (const [name, here, there] of [
    ['a', 2, 9],
    ['b', 1, 10],
  ] as const) {
    await ledger.measure(name, measurement({ latencyP50: here }));
    await ledger.measure(
      name,
      measurement({ latencyP50: there }, { device: 'pi', conditions: { kind: 'emulated' } }),
    );
  }
  const names = (devices?: string[]) =>
    paretoOf(ledger, undefined, { ...(devices && { devices }) })
      .marks.filter(({ kind }) => kind === 'scatter')
      .map(({ name }) => name);
  expect(names()).toEqual(['local', 'pi (emulated)']);
  expect(paretoOf(ledger, undefined, { devices: ['pi'] }).title).toBe(
    'Accuracy against latency on pi (emulated)',
  );
  const fronts = paretoOf(ledger).marks.flatMap((mark) => (mark.kind === 'line' ? [mark.points.length] : []));
  expect(fronts).toEqual([2, 1]);
  expect(() => names(['jetson'])).toThrow(/Unknown device with measurements .*'jetson'.*all, local/);
});
