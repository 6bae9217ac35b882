import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';
import { neutralColor, seriesColor } from '../../../src/plot/palette.ts';
import { toPlotly } from '../../../src/plot/plotly.ts';
import { examples } from './examples.ts';

interface PlotlyLibrary {
  validate(data: unknown, layout: unknown): { msg: string }[] | undefined;
}

/** plotly.js asks for a browser when it is loaded, but not to validate: anything answers to anything. */
function plotlyLibrary(): PlotlyLibrary {
  const anything: unknown = new Proxy(() => undefined, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => '' : key === 'length' ? 0 : anything),
    apply: () => anything,
    construct: () => anything as object,
    set: () => true,
  });
  for (const name of ['document', 'DOMParser', 'Element', 'HTMLElement', 'CSSStyleDeclaration']) {
    vi.stubGlobal(name, anything);
  }
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('self', globalThis);
  return createRequire(import.meta.url)('plotly.js/dist/plotly-basic.js') as PlotlyLibrary;
}

test('plotly.js finds every key and value of every figure valid', () => {
  const library = plotlyLibrary();
  expect(library.validate([{ type: 'bar', nonsense: 1 }], {})).toHaveLength(1);
  for (const [name, figure] of Object.entries(examples)) {
    const { data, layout } = toPlotly(figure);
    const complaints = library.validate(structuredClone(data), structuredClone(layout)) ?? [];
    expect(complaints.map(({ msg }) => `${name}: ${msg}`)).toEqual([]);
  }
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
