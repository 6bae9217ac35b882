import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { neutralColor, seriesColor } from '../../../src/plot/palette.ts';
import { toPlotly } from '../../../src/plot/plotly.ts';
import { examples } from './examples.ts';

test('plotly.js finds every key and value of every figure valid', () => {
  const wrong = { data: [{ type: 'bar', x: [1], y: [1], nonsense: 1 }], layout: { xaxis: { nonsense: 1 } } };
  const input = JSON.stringify([wrong, ...Object.values(examples).map(toPlotly)]);
  const program = path.join(import.meta.dirname, 'validate-plotly.ts');
  const [caught, ...complaints] = JSON.parse(
    execFileSync(process.execPath, [program], { input, encoding: 'utf8' }),
  );
  expect(caught).toHaveLength(2);
  expect(complaints).toEqual(Object.keys(examples).map(() => []));
});

test('The JSON is valid: what is not finite is null', () => {
  for (const figure of Object.values(examples)) {
    const plotly = toPlotly(figure);
    expect(JSON.parse(JSON.stringify(plotly))).toEqual(plotly);
  }
  const [, validation] = toPlotly(examples.curves!).data;
  expect((validation!.y as unknown[])[9]).toBeNull();
});

test('Names cannot be read as the tags that plotly knows', () => {
  expect(JSON.stringify(toPlotly(examples['pareto-crowd']!))).not.toContain('<b>');
});

test('Colours have contrast on white and on dark', () => {
  const luminance = (color: string) => {
    const channel = (i: number) => {
      const c = Number.parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2);
  };
  const contrast = (a: string, b: string) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
    return (high + 0.05) / (low + 0.05);
  };
  const colors = Array.from({ length: 8 }, (_, i) => seriesColor(i));
  for (const ground of ['#ffffff', '#111111']) {
    for (const color of colors) expect(contrast(color, ground)).toBeGreaterThanOrEqual(3);
    expect(contrast(neutralColor, ground)).toBeGreaterThanOrEqual(4);
  }
  expect(new Set(colors).size).toBe(8);
});
