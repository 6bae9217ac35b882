import { axisTitle, type Figure } from './figure.ts';
import { figureScale, type Scale } from './scale.ts';

/** The plotting area in characters, with the scales that fill it. */
export interface TextFrame {
  readonly columns: number;
  readonly rows: number;
  readonly x: Scale;
  readonly y: Scale;
}

/** The plotting area that `draw` fills, with both axes around it, `width` columns in all. */
export function textAxes(
  figure: Figure,
  { width, height }: { readonly width: number; readonly height: number },
  draw: (figure: Figure, frame: TextFrame) => readonly string[],
): string[] {
  const y = figureScale(figure, 'y', { ticks: height / 3 });
  const margin = Math.max(...y.ticks.map((tick) => tick.text.length), 1) + 1;
  const columns = Math.max(10, width - margin - 1);
  const x = figureScale(figure, 'x', { ticks: columns / 12 });
  const frame: TextFrame = { columns, rows: height, x, y };
  const ticks = new Map(y.ticks.map((tick) => [rowOf(tick.value, frame), tick.text]));
  const lines = draw(figure, frame).map((line, row) => {
    const tick = ticks.get(row);
    return `${(tick ?? '').padStart(margin - 1)} ${tick === undefined ? '│' : '┤'}${line}`;
  });
  const indent = ' '.repeat(margin);
  const title = axisTitle(figure.x);
  return [
    ...lines,
    `${indent}└${tickMarks(frame)}`,
    `${indent} ${tickTexts(frame)}`,
    `${indent} ${' '.repeat(Math.max(0, Math.floor((columns - title.length) / 2)))}${title}`,
  ];
}

/** The character row of a y value: 0 is the top. */
export const rowOf = (value: number, { y, rows }: TextFrame): number =>
  Math.min(rows - 1, Math.max(0, Math.floor((1 - y.position(value)) * rows)));

/** The character column of an x value. */
export const columnOf = (value: number, { x, columns }: TextFrame): number =>
  Math.min(columns - 1, Math.max(0, Math.floor(x.position(value) * columns)));

function tickMarks(frame: TextFrame): string {
  const line = new Array<string>(frame.columns).fill('─');
  for (const tick of frame.x.ticks) line[columnOf(tick.value, frame)] = '┬';
  return line.join('');
}

/** Numbers centred below their ticks; one that would touch its neighbour is left out. */
function tickTexts(frame: TextFrame): string {
  let line = '';
  for (const tick of frame.x.ticks) {
    const start = Math.max(0, columnOf(tick.value, frame) - Math.floor(tick.text.length / 2));
    const fits = start > line.length || (start === 0 && line.length === 0);
    if (fits && start + tick.text.length <= frame.columns + 1) line = line.padEnd(start) + tick.text;
  }
  return line;
}
