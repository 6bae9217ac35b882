import { expect, test } from 'vitest';
import { displaySymbol } from '../../../src/report.ts';
import { modelSummary } from '../../../src/summary/index.ts';
import { architecture } from '../../../src/zoo/index.ts';
import { expectGolden } from '../../golden.ts';

const summary = () => modelSummary(architecture('lenet', { sample: [1, 28, 28], classes: 10, seed: 0 }));

test('layers, their shares and their totals', () => {
  const report = summary();
  const layers = report.rows.slice(0, -1);
  const total = report.rows.at(-1)!;
  const sum = (key: 'parameters' | 'parameterBytes' | 'macs' | 'traffic' | 'parameterShare' | 'macShare') =>
    layers.reduce((all, row) => all + (row[key] ?? 0), 0);
  expect(total).toMatchObject({
    layer: 'total',
    parameters: sum('parameters'),
    parameterBytes: 4 * sum('parameters'),
    macs: sum('macs'),
    traffic: sum('traffic'),
    parameterShare: null,
  });
  expect(sum('parameterShare')).toBeCloseTo(100, 6);
  expect(sum('macShare')).toBeCloseTo(100, 6);
  const [conv] = layers;
  expect(conv).toMatchObject({
    op: 'Conv',
    output: '[N, 16, 28, 28]',
    parameters: 16 * 9 + 16,
    macs: 16 * 9 * 784,
  });
  // Reads the image, weights and biases, writes the output: all float32.
  expect(conv!.traffic).toBe(4 * (784 + 160 + 16 * 784));
});

test('bars are longest for the heaviest layer, in text and HTML', async () => {
  const report = summary();
  expectGolden(report.toText(), 'report/summary.txt');
  const html = String((await report[displaySymbol]())['text/html']);
  expect(html).toMatch(/linear-gradient\(to right,rgba\(66,133,244,0.35\) 100.0%,transparent 100.0%\)">\d/);
  expect(report.charts).toHaveLength(2);
});
