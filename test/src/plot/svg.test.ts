import { expect, test } from 'vitest';
import { paretoFigure } from '../../../src/plot/pareto.ts';
import { toPng } from '../../../src/plot/png.ts';
import { toSvg } from '../../../src/plot/svg.ts';
import { expectGolden } from '../../golden.ts';
import { examples, paretoAxes } from './examples.ts';

test.each(Object.entries(examples))('%s as SVG', async (name, figure) => {
  const svg = await toSvg(figure);
  expectGolden(svg.replaceAll('><', '>\n<'), `plot/${name}.svg`);
});

test('The picture needs nothing from outside and takes its ink from the page', async () => {
  const svg = await toSvg(examples['pareto-crowd']!);
  const links = svg.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '');
  expect(links).not.toMatch(/https?:|href|url\(|<script|<style/);
  expect(svg).toContain('fill="currentColor"');
  expect(svg).not.toMatch(/fill="#000"|fill="black"/);
});

test('Every name is in the picture, escaped', async () => {
  const figure = paretoFigure(
    [
      { name: '<script>alert(1)</script>', x: 1, y: 1 },
      { name: 'a & "b"', x: 2, y: 2 },
    ],
    paretoAxes,
  );
  const svg = await toSvg(figure);
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;alert(1)');
  expect(svg).toContain('>a &amp; "b"<');
  expect(svg).toContain('Latency p50 (ms)');
});

test('PNG is twice the layout in pixels, and its text is drawn', async () => {
  const figureOf = (name: string) => paretoFigure([{ name, x: 1, y: 1 }], paretoAxes);
  const [a, b, svg] = await Promise.all([
    toPng(figureOf('iiii')),
    toPng(figureOf('iiij')),
    toSvg(figureOf('iiii')),
  ]);
  const view = new DataView(a.buffer, a.byteOffset);
  const [, width, height] = svg.match(/width="(\d+)" height="(\d+)"/)!.map(Number);
  expect(Buffer.from(a.subarray(1, 4)).toString()).toBe('PNG');
  expect([view.getUint32(16), view.getUint32(20)]).toEqual([width! * 2, height! * 2]);
  expect(Buffer.compare(a, b)).not.toBe(0);
});
