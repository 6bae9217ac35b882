import { expect, test } from 'vitest';
import { curveFigure } from '../../../src/plot/curve.ts';
import { Figure } from '../../../src/plot/figure.ts';
import { toText } from '../../../src/plot/text.ts';
import { expectGolden } from '../../golden.ts';
import { examples } from './examples.ts';

test.each(Object.entries(examples))('%s reads in a terminal', (name, figure) => {
  expectGolden(toText(figure), `plot/${name}.txt`);
});

test.each(Object.entries(examples))('%s keeps to the width it is given', (_, figure) => {
  for (const width of [40, 60, 120]) {
    const lines = toText(new Figure({ ...figure, title: '', notes: [] }), { width, height: 10 }).split('\n');
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
  }
});

test('A figure without anything to draw still has its axes', () => {
  expect(toText(curveFigure([], { title: 'Nothing', y: { title: 'Loss' } }))).toMatch(/└┬─+┬/);
});
