import { runInNewContext, Script } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { curveFigure } from '../../../src/plot/curve.ts';
import { toHtml } from '../../../src/plot/html.ts';
import { toPlotly } from '../../../src/plot/plotly.ts';
import { displaySymbol } from '../../../src/report.ts';
import { examples } from './examples.ts';

const figure = examples['pareto-crowd']!;
const html = () => toHtml({ svg: '<svg></svg>', plotly: toPlotly(figure) });

/** Runs the script of the HTML in a page that has just what it needs. */
async function runPage(Plotly: object | undefined, later?: object) {
  const still = { style: { display: '' } };
  const children: object[] = [];
  const plot = { remove: () => children.splice(children.indexOf(plot), 1) };
  const host = { firstElementChild: still, appendChild: (child: object) => children.push(child) };
  const source = html();
  const id = source.match(/<div id="([^"]+)"/)![1];
  const listeners: (() => void)[] = [];
  const window = { Plotly };
  runInNewContext(source.match(/<script>([\s\S]*)<\/script>/)![1]!, {
    window,
    document: {
      getElementById: (wanted: string) => (wanted === id ? host : null),
      createElement: () => plot,
      addEventListener: (_: string, listener: () => void) => listeners.push(listener),
    },
    getComputedStyle: () => ({ color: 'rgb(1, 2, 3)' }),
  });
  window.Plotly ??= later;
  if (later) for (const listener of listeners) listener();
  await new Promise((resolve) => setImmediate(resolve));
  return { hidden: still.style.display === 'none', plots: children.length };
}

test('Without plotly.js in the page the SVG stays', async () => {
  expect(await runPage(undefined)).toEqual({ hidden: false, plots: 0 });
});

test('With plotly.js in the page the plot takes its place, in the colour of the page', async () => {
  const newPlot = vi.fn(async () => undefined);
  expect(await runPage({ newPlot })).toEqual({ hidden: true, plots: 1 });
  const [, data, layout] = newPlot.mock.calls[0] as unknown as [
    unknown,
    unknown[],
    { font: { color: string } },
  ];
  expect(JSON.parse(JSON.stringify(data))).toEqual(toPlotly(figure).data);
  expect(layout.font.color).toBe('rgb(1, 2, 3)');
});

test('plotly.js may come later, with another figure', async () => {
  const newPlot = vi.fn(async () => undefined);
  expect(await runPage(undefined, { newPlot })).toEqual({ hidden: true, plots: 1 });
  expect(newPlot).toHaveBeenCalledOnce();
});

test('The embedded library defines Plotly once, past a module loader, and tells the page', async () => {
  const figure = curveFigure([{ name: 'a', x: [1, 2], y: [1, 2] }], { title: 't', y: { title: 'y' } });
  figure.embedsLibrary = true;
  const source = String((await figure[displaySymbol]())['text/html']);
  const scripts = [...source.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text!);
  expect(scripts).toHaveLength(2);
  expect(scripts[0]).toContain('plotly.js (basic - minified)');
  expect(() => new Script(scripts[0]!)).not.toThrow();
  expect(scripts[0]!.endsWith("document.dispatchEvent(new Event('edgebook-plotly'));}")).toBe(true);
});

test.each([
  ['rejects', () => Promise.reject(new Error('broken'))],
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
])('If plotly.js %s the SVG comes back', async (_, newPlot) => {
  expect(await runPage({ newPlot })).toEqual({ hidden: false, plots: 0 });
});

test('Nothing is fetched, and no name can end the script', () => {
  const source = toHtml({
    svg: '<svg></svg>',
    plotly: { data: [{ name: '</script><script>' }], layout: {}, config: {} },
  });
  expect(source.match(/<\/script>/g)).toHaveLength(1);
  expect(source).not.toMatch(/\bsrc=|https?:|import\(|fetch\(/);
});

test('A figure shows itself in every representation', async () => {
  const bundle = await figure[displaySymbol]();
  expect(Object.keys(bundle)).toEqual([
    'application/vnd.plotly.v1+json',
    'text/html',
    'image/png',
    'text/plain',
  ]);
  expect(bundle['text/html']).toContain('<svg ');
  expect(
    Buffer.from(bundle['image/png'] as string, 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(bundle['text/plain']).toContain('Pareto front');
});
