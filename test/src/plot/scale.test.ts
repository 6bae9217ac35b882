import { expect, test } from 'vitest';
import { Figure } from '../../../src/plot/figure.ts';
import { figureScale, niceStep, tickText } from '../../../src/plot/scale.ts';

const figureOf = (values: readonly number[], scale: 'linear' | 'log') =>
  new Figure({
    title: '',
    x: { title: 'x', scale },
    y: { title: 'y' },
    marks: [{ kind: 'scatter', name: 'a', points: values.map((x) => ({ x, y: 0 })) }],
  });

test.each([
  ['linear', [97.1, 98.9]],
  ['linear', [-3e-7, 2e-7]],
  ['linear', [5, 5]],
  ['linear', [0, 0]],
  ['linear', [1e9, 1e9 + 3]],
  ['linear', []],
  ['log', [0.05, 20]],
  ['log', [3, 3]],
  ['log', [1e-9, 1e9]],
  ['log', [2.1, 2.9]],
] as const)(
  'A %s axis over %j has two to twelve different ticks inside it and shows every value',
  (scale, values) => {
    const axis = figureScale(figureOf(values, scale), 'x');
    expect(axis.max).toBeGreaterThan(axis.min);
    expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
    expect(axis.ticks.length).toBeLessThanOrEqual(12);
    expect(new Set(axis.ticks.map(({ text }) => text)).size).toBe(axis.ticks.length);
    for (const value of [...values, ...axis.ticks.map((tick) => tick.value)]) {
      expect(axis.position(value)).toBeGreaterThanOrEqual(-1e-9);
      expect(axis.position(value)).toBeLessThanOrEqual(1 + 1e-9);
    }
  },
);

test('Steps are 1, 2 or 5 times a power of ten', () => {
  expect([0.3, 1, 1.1, 2.5, 7, 0.00021].map(niceStep)).toEqual([0.5, 1, 2, 5, 10, 0.0005]);
});

test('Tick texts have the digits that tell neighbours apart', () => {
  expect(tickText(97.5, { step: 0.5, largest: 99 })).toBe('97.5');
  expect(tickText(98, { step: 0.02, largest: 98.04 })).toBe('98.00');
  expect(tickText(5000, { step: 5000, largest: 20000 })).toBe('5k');
  expect(tickText(-1.5e7, { step: 5e6, largest: 2e7 })).toBe('−15M');
  expect(tickText(1e-6, { step: 1e-6, largest: 1e-6 })).toBe('1e−6');
});

test('A logarithmic axis refuses what it cannot show', () => {
  expect(() => figureOf([1, 0], 'log')).toThrow(
    "'a' must have x values above 0 on a logarithmic axis, has 0. Use scale 'linear'.",
  );
});
