import { barFigure } from '../../../src/plot/bar.ts';
import { curveFigure } from '../../../src/plot/curve.ts';
import type { Figure } from '../../../src/plot/figure.ts';
import { histogramFigure } from '../../../src/plot/histogram.ts';
import { paretoFigure } from '../../../src/plot/pareto.ts';

export const paretoAxes = {
  x: { title: 'Latency p50', unit: 'ms' },
  y: { title: 'Accuracy', unit: '%' },
} as const;

const crowd: readonly (readonly [string, number, number])[] = [
  ['cnn', 0.42, 98.9],
  ['cnn-int8', 0.13, 98.85],
  ['pruned-50', 0.3, 98.7],
  ['pruned-50-int8', 0.11, 98.6],
  ['pruned-75', 0.2, 97.9],
  ['pruned-75-int8', 0.08, 97.6],
  ['student', 0.05, 97.2],
  ['student-int8', 0.051, 97.1],
  ['qat', 0.132, 98.87],
  ['mixed', 0.14, 98.84],
  ['failed <b>', Number.NaN, 98],
];

const devices = ['local', 'jetson (emulated)', 'pi4'];
const range = (count: number, of: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** One figure of every kind, as `name: figure`. */
export const examples: Readonly<Record<string, Figure>> = {
  'pareto-two': paretoFigure(
    [
      { name: 'cnn', x: 0.42, y: 98.9 },
      { name: 'int8', x: 0.13, y: 98.85 },
    ],
    paretoAxes,
  ),
  'pareto-crowd': paretoFigure(
    crowd.map(([name, x, y]) => ({ name, x, y })),
    paretoAxes,
  ),
  'pareto-devices': paretoFigure(
    devices.flatMap((group, i) =>
      crowd
        .slice(0, 3)
        .map(([name, x, y]) => ({ name, x: x * 7 ** i, y, group, hover: `${name}\non ${group}` })),
    ),
    paretoAxes,
  ),
  curves: curveFigure(
    [
      {
        name: 'train',
        x: range(100, (i) => i * 10),
        y: range(100, (i) => 2.3 * 0.95 ** i + 0.05 + (i % 3) / 50),
      },
      {
        name: 'validation',
        x: range(20, (i) => i * 50),
        y: range(20, (i) => (i === 9 ? Number.NaN : 2.2 * 0.8 ** i + 0.1)),
      },
    ],
    { title: 'Training of cnn', y: { title: 'Loss' } },
  ),
  bars: barFigure(
    [
      { name: 'conv1', value: 7_526_400 },
      { name: 'conv2', value: 15_052_800 },
      { name: 'classifier/with/a/long/name/Gemm', value: 401_408 },
      { name: 'fc2', value: 1_280 },
    ],
    { title: 'Work by layer', value: { title: 'MACs' } },
  ),
  'bars-signed': barFigure(
    [
      { name: 'conv1', value: -0.8 },
      { name: 'conv1', value: 0.35 },
    ],
    {
      title: 'Sensitivity',
      value: { title: 'Change of accuracy', unit: 'points' },
      category: 'Quantized layer',
    },
  ),
  histogram: histogramFigure(
    range(4000, (i) => Math.sqrt(-2 * Math.log((i + 0.5) / 4000)) * Math.cos(i * 2.399) * 0.05),
    { title: 'Weights of conv1', value: { title: 'Weight' } },
  ),
};
