import { escapeHtml } from '../report/html.ts';
import { Figure } from './figure.ts';
import type { FigureGrid } from './figure-grid.ts';
import { fontFamily } from './palette.ts';
import { drawingToPng } from './png.ts';
import { toSvg } from './svg.ts';
import { textWidth } from './text-width.ts';

/** Plotting area of a panel in pixels. */
const panel = { width: 200, height: 84, compact: true };
const gap = 8;
const titleHeight = 30;
const noteHeight = 16;
/** A panel's title at the size at which Vega draws it. */
const titleSize = 12;

/** All panels in one self-contained SVG, in the colours of the page around it unless there is a `background`. */
export async function gridSvg(
  grid: FigureGrid,
  { background }: { background?: string } = {},
): Promise<string> {
  const drawn = await Promise.all(grid.figures.map((figure) => toSvg(asPanel(figure), panel)));
  const sizes = drawn.map(sizeOf);
  const cell = {
    width: Math.max(...sizes.map(({ width }) => width)) + gap,
    height: Math.max(...sizes.map(({ height }) => height)) + gap,
  };
  const top = titleHeight + grid.notes.length * noteHeight;
  const width = cell.width * grid.columns;
  const height = top + cell.height * Math.ceil(drawn.length / grid.columns);
  const panels = drawn.map((svg, i) => {
    // Axes line up: panels end at the same right and lower edges.
    const x = (i % grid.columns) * cell.width + cell.width - gap - sizes[i]!.width;
    const y = top + (Math.floor(i / grid.columns) + 1) * cell.height - gap - sizes[i]!.height;
    return svg.replace(/^<svg /, `<svg x="${x}" y="${y}" `).replace(/ role="img" style="[^"]*"/, '');
  });
  return [
    `<svg role="img" style="max-width:100%;height:auto" xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    ...(background ? [`<rect width="${width}" height="${height}" fill="${background}"/>`] : []),
    `<g font-family="${escapeHtml(fontFamily)}" fill="currentColor">`,
    `<text x="12" y="22" font-size="16" font-weight="bold">${escapeHtml(grid.title)}</text>`,
    ...grid.notes.map(
      (note, i) => `<text x="12" y="${38 + i * noteHeight}" font-size="11">${escapeHtml(note)}</text>`,
    ),
    '</g>',
    ...panels,
    '</svg>',
  ].join('\n');
}

/** The grid as PNG bytes, on white. */
export async function gridPng(grid: FigureGrid): Promise<Uint8Array> {
  return drawingToPng(await gridSvg(grid, { background: 'white' }), { zoom: 2 });
}

function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /<svg [^>]*?\bwidth="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
  return { width: Number(width), height: Number(height) };
}

/** Without the title of its y axis, which all panels share, and the middle of a title that would widen its panel. */
function asPanel(figure: Figure): Figure {
  const { x, y, marks, notes } = figure;
  return new Figure({ title: shortened(figure.title), x, y: { ...y, title: '' }, marks, notes });
}

/** Names differ at both ends. */
function shortened(title: string): string {
  const fits = (text: string): boolean => textWidth(text, titleSize) <= panel.width;
  const cut = (kept: number): string =>
    `${title.slice(0, Math.ceil(kept / 2))}…${title.slice(title.length - Math.floor(kept / 2))}`;
  if (fits(title)) return title;
  let kept = title.length - 1;
  while (kept > 2 && !fits(cut(kept))) kept--;
  return cut(kept);
}
