import { expect, test } from 'vitest';
import { histogramFigure } from '../../../src/plot/histogram.ts';

const binsOf = (values: readonly number[], bins?: number) => {
  const figure = histogramFigure(values, { title: '', value: { title: 'v' }, ...(bins && { bins }) });
  const [mark] = figure.marks;
  return { figure, bins: mark?.kind === 'histogram' ? mark.bins : [] };
};

test.each([[[1, 2, 3, 4]], [[-1, 1]], [[5]], [[0, 0, 0]], [[0.1, 0.2, 0.30000000000000004]], [[1e-9, 1e9]]])(
  'Every value of %j is counted once, in a bin that holds it',
  (values) => {
    const { bins } = binsOf(values, 10);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    bins.forEach(({ from, to, count }, i) => {
      const inside = values.filter((v) => v >= from - 1e-9 && (v < to + 1e-9 || i === bins.length - 1));
      expect(count).toBeLessThanOrEqual(inside.length);
      if (i > 0) expect(from).toBe(bins[i - 1]!.to);
    });
  },
);

test('Values that are not finite are left out and counted in a note', () => {
  const { figure, bins } = binsOf([1, Number.NaN, Number.POSITIVE_INFINITY]);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(1);
  expect(figure.notes).toEqual(['2 of 3 values are not finite and were left out']);
});

test('No values give an empty chart', () => {
  expect(binsOf([]).bins).toEqual([]);
});
