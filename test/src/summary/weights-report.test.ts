import { expect, test } from 'vitest';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { FigureGrid } from '../../../src/plot/index.ts';
import { displaySymbol } from '../../../src/report.ts';
import { weightsReport } from '../../../src/summary/index.ts';
import { architecture } from '../../../src/zoo/index.ts';

function model(weights: Record<string, readonly number[]>): Model {
  const g = createBuilder();
  let value = g.input('x', 'float32', ['N', 1]);
  for (const [name, values] of Object.entries(weights)) {
    const w = g.initializer(name, Tensor.of('float32', Float32Array.from(values), [1, values.length]));
    value = g.op('ReduceSum', [g.op('Mul', [value, w]), g.int64s([1])], { keepdims: 1 });
  }
  g.output(value, 'y');
  return new Model(g.graph);
}

test('range, mean, deviation and zeros of each weight', () => {
  const report = weightsReport(model({ w: [-2, 0, 0, 6], 'net.v': [1, 3] }));
  expect(report.rows[0]).toMatchObject({
    weight: 'w',
    count: 4,
    min: -2,
    max: 6,
    mean: 1,
    sparsity: 0.5,
    stored: 'float32',
  });
  expect(report.rows[0]!.std).toBeCloseTo(3, 12);
  expect(report.rows[1]).toMatchObject({ min: 1, max: 3, mean: 2, std: 1, sparsity: 0 });
  expect(report.title).toContain('2 tensors, 6 numbers, 33.3 % zeros');
  // Too few numbers for a histogram.
  expect(report.charts).toEqual([]);
});

test('numbers that are not finite are told, and left out of the rest', () => {
  const report = weightsReport(model({ w: [NaN, 1, Infinity, 3], v: [NaN, NaN] }));
  expect(report.rows[0]).toMatchObject({ min: 1, max: 3, mean: 2, notFinite: 2 });
  expect(report.rows[1]!.mean).toBeNaN();
  expect(report.warnings).toEqual([
    "2 of 4 numbers of 'w' are not finite",
    "2 of 2 numbers of 'v' are not finite",
  ]);
});

test('a pattern chooses, histograms are those of the chosen that vary', async () => {
  const cnn = architecture('mobile', { sample: [1, 28, 28], classes: 10, seed: 0 });
  const names = (pattern?: string) =>
    weightsReport(cnn, pattern === undefined ? {} : { pattern }).rows.map((row) => row.weight as string);
  expect(names('depthwise').every((name) => name.startsWith('depthwise'))).toBe(true);
  expect(names('conv*.weight')).toEqual(['conv1.weight', 'conv2.weight', 'conv3.weight', 'conv4.weight']);
  expect(names('*')).toEqual(names());
  expect(() => names('dense9')).toThrow(/Unknown weight of .*'dense9'/);
  const [grid] = weightsReport(cnn).charts as FigureGrid[];
  expect(grid).toBeInstanceOf(FigureGrid);
  expect(grid!.figures.map((figure) => figure.title)).toEqual(
    names('*.weight').filter((name) => !name.startsWith('norm')),
  );
  const bundle = await weightsReport(cnn, { pattern: 'conv4.weight' })[displaySymbol]();
  expect(bundle['text/html']).toContain('<svg');
  expect(bundle['text/plain']).toMatch(/conv4\.weight [ ▁-█]{32} /);
});
