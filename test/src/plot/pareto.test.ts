import { expect, test } from 'vitest';
import { paretoFigure, paretoFront } from '../../../src/plot/pareto.ts';
import { paretoAxes } from './examples.ts';

interface P {
  readonly x: number;
  readonly y: number;
}
const dominates = (a: P, b: P) => a.x <= b.x && a.y >= b.y && (a.x < b.x || a.y > b.y);

test('The front is what the definition says, on random points with many ties', () => {
  let state = 1;
  const random = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  for (let round = 0; round < 300; round++) {
    const points = Array.from({ length: random(12) }, () => ({ x: random(6), y: random(6) }));
    const expected = points.filter((point) => !points.some((other) => dominates(other, point)));
    expect(new Set(paretoFront(points))).toEqual(new Set(expected));
    expect(paretoFront(points)).toHaveLength(expected.length);
  }
});

test('Equal points are all on the front; of equal x or equal y only the better one', () => {
  const front = (...points: [number, number][]) => paretoFront(points.map(([x, y]) => ({ x, y })));
  expect(front([1, 1], [1, 1])).toHaveLength(2);
  expect(front([1, 2], [1, 1])).toEqual([{ x: 1, y: 2 }]);
  expect(front([1, 1], [2, 1])).toEqual([{ x: 1, y: 1 }]);
  expect(front([3, 3], [1, 1], [2, 2])).toEqual([1, 2, 3].map((v) => ({ x: v, y: v })));
});

test('Points that were not measured are neither on the front nor drawn, but named', () => {
  const points = [
    { name: 'a', x: 1, y: 1 },
    { name: 'nan', x: Number.NaN, y: 9 },
    { name: 'none', x: undefined, y: 9 },
    { name: 'null', x: 0, y: null },
    { name: 'infinite', x: 0, y: Number.POSITIVE_INFINITY },
  ];
  expect(paretoFront(points).map(({ name }) => name)).toEqual(['a']);
  const figure = paretoFigure(points, paretoAxes);
  expect(figure.notes).toEqual(['Not drawn, since not measured: nan, none, null, infinite']);
  expect(figure.marks[1]).toMatchObject({ points: [{ label: 'a' }] });
  expect(paretoFront([])).toEqual([]);
});

test('Each group has its own front', () => {
  const figure = paretoFigure(
    [
      { name: 'cnn', x: 1, y: 1, group: 'fast' },
      { name: 'cnn', x: 9, y: 1, group: 'slow' },
    ],
    paretoAxes,
  );
  const scatters = figure.marks.filter((mark) => mark.kind === 'scatter');
  expect(scatters.map(({ name, series }) => [name, series])).toEqual([
    ['fast', 0],
    ['slow', 1],
  ]);
  for (const { points } of scatters) expect(points[0]!.faded).toBeUndefined();
});

test('Latencies that differ by orders of magnitude get a logarithmic axis, zero never does', () => {
  const scaleOf = (...xs: number[]) =>
    paretoFigure(
      xs.map((x, i) => ({ name: `${i}`, x, y: i })),
      paretoAxes,
    ).x.scale;
  expect(scaleOf(1, 100)).toBe('log');
  expect(scaleOf(1, 3)).toBe('linear');
  expect(scaleOf(0, 100)).toBe('linear');
});
