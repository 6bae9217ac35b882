import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { barFigure, FigureGrid, histogramFigure } from '../../../src/plot/index.ts';
import type { PlotlyFigure } from '../../../src/plot/plotly.ts';
import { random } from '../../../src/random.ts';
import { displaySymbol } from '../../../src/report.ts';
import { expectGolden } from '../../golden.ts';

function bells(count: number): FigureGrid {
  const figures = Array.from({ length: count }, (_, i) => {
    const source = random(i);
    const values = Array.from({ length: 500 }, () => source.normal() * (i + 1));
    const title = i === 1 ? 'features.block.with.a.very.long.name.conv.weight' : `conv<${i}>.weight`;
    return histogramFigure(values, { title, value: { title: '' } });
  });
  return new FigureGrid({ title: 'Weights & more', figures, notes: ['2 more'] });
}

test('panels stand in rows, in every form', async () => {
  const bundle = await bells(4)[displaySymbol]();
  const svg = /<svg role="img"[\s\S]*<\/svg>/.exec(String(bundle['text/html']))![0];
  expect(svg.match(/<svg /g)).toHaveLength(5);
  const places = [...svg.matchAll(/<svg x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  expect(places[3]![1]).toBeGreaterThan(places[0]![1]!);
  expect(new Set(places.slice(0, 3).map(([x]) => x)).size).toBe(3);
  expect(svg).toContain('Weights &amp; more');
  expect(svg).toContain('features.blo');
  expect(svg).not.toContain('features.block.with.a.very.long.name.conv.weight');
  expect(Buffer.from(String(bundle['image/png']), 'base64').subarray(1, 4).toString()).toBe('PNG');
  expectGolden(svg, 'plot/grid.svg');
  expectGolden(String(bundle['text/plain']), 'plot/grid.txt');
});

test('plotly has axes of its own for each panel', async () => {
  const bundle = await bells(4)[displaySymbol]();
  const plotly = bundle['application/vnd.plotly.v1+json'] as PlotlyFigure;
  const program = path.join(import.meta.dirname, 'validate-plotly.ts');
  const input = JSON.stringify([plotly]);
  expect(JSON.parse(execFileSync(process.execPath, [program], { input, encoding: 'utf8' }))).toEqual([[]]);
  expect(plotly.data.map((trace) => trace.xaxis)).toEqual(['x', 'x2', 'x3', 'x4']);
  const [first, fourth] = ['yaxis', 'yaxis4'].map(
    (name) => plotly.layout[name] as { domain: [number, number] },
  );
  expect(first!.domain[0]).toBeGreaterThan(fourth!.domain[1]);
  expect(JSON.stringify(plotly.layout)).toContain('conv&lt;3&gt;.weight');
});

test('figures that are no histograms are drawn in full as text, none is an error', async () => {
  const figure = barFigure([{ name: 'a', value: 3 }], { title: 'Bars', value: { title: 'Size' } });
  const bundle = await new FigureGrid({ title: 'Grid', figures: [figure] })[displaySymbol]();
  expect(bundle['text/plain']).toMatch(/Grid\n\nBars\nSize\n *a │█+ 3/);
  expect(() => new FigureGrid({ title: 'Empty', figures: [] })).toThrow(
    "'Empty' must have at least one figure",
  );
});
