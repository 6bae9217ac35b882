import { type BrailleCanvas, brailleCanvas, canvasLines, type Dot, drawLine, drawText } from './braille.ts';
import {
  type Figure,
  type HistogramMark,
  isDrawable,
  type LineMark,
  legendMarks,
  type Mark,
  type Point,
} from './figure.ts';
import { seriesColor } from './palette.ts';
import { placeLabels } from './place-labels.ts';
import { columnOf, rowOf, type TextFrame } from './text-axes.ts';
import { plain, type TextPaint, type TextSettings } from './text-paint.ts';

/** Signs that tell series apart without colour: solid, and hollow for faded points. */
const signs = ['●', '■', '▲', '◆', '★', '▼', '◼', '✚'];
const hollowSigns = ['○', '□', '△', '◇', '☆', '▽', '◻', '✛'];
const levels = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The plotting area with lines and bins below, then points, then their labels. */
export function drawMarks(figure: Figure, frame: TextFrame, paint: TextPaint = plain): string[] {
  const canvas = brailleCanvas(frame.columns, frame.rows);
  const alone = figure.marks.length === 1;
  figure.marks.forEach((mark, index) => {
    const sign = alone ? undefined : signOf(mark, index);
    canvas.pen = colorOf(mark, index);
    if (mark.kind === 'line') drawCurve(canvas, mark, { frame, sign, phase: index });
    if (mark.kind !== 'histogram') return;
    if (alone) drawBins(canvas, mark, frame);
    else drawCurve(canvas, outline(mark), { frame, sign, phase: index });
  });
  const scatters = figure.marks.flatMap((mark, index) => (mark.kind === 'scatter' ? [{ mark, index }] : []));
  const points = scatters.flatMap(({ mark, index }) =>
    mark.points
      .filter(isDrawable)
      .map((point) => ({ point, sign: signOf(mark, index, point.faded), color: colorOf(mark, index) })),
  );
  points.sort((a, b) => Number(b.point.faded ?? false) - Number(a.point.faded ?? false));
  for (const { point, sign, color } of points) {
    canvas.pen = color;
    drawText(canvas, sign, cellOf(point, frame));
  }
  canvas.pen = undefined;
  drawLabels(
    canvas,
    points.map(({ point }) => point),
    frame,
  );
  return canvasLines(canvas, paint);
}

/** What each sign stands for, in as many lines as it takes; nothing for a single mark. */
export function legendText(figure: Figure, { width, paint }: TextSettings): string[] {
  const entries = legendMarks(figure).map(({ mark, index }) => {
    const line = mark.kind === 'scatter' ? '' : '⠤⠤';
    const sign = mark.kind === 'line' && mark.front ? '' : signOf(mark, index);
    const key = `${line}${sign}${line && sign ? '⠤⠤' : ''}`;
    return { text: `${key} ${mark.name}`, painted: `${paint(key, colorOf(mark, index))} ${mark.name}` };
  });
  const lines: { text: string; painted: string }[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const text = last ? `${last.text}   ${entry.text}` : entry.text;
    if (!last || text.length > width) lines.push(entry);
    else lines[lines.length - 1] = { text, painted: `${last.painted}   ${entry.painted}` };
  }
  return lines.map(({ painted }) => painted);
}

/** A front has no series of its own: it is the terminal's own colour. */
const colorOf = (mark: Mark, index: number): string | undefined =>
  mark.kind === 'line' && mark.front ? undefined : seriesColor(mark.series ?? index);

function signOf(mark: Mark, index: number, hollow = false): string {
  const table = hollow ? hollowSigns : signs;
  return table[(mark.series ?? index) % table.length]!;
}

const cellOf = (point: { x: number; y: number }, frame: TextFrame) => ({
  column: columnOf(point.x, frame),
  row: rowOf(point.y, frame),
});

const dotOf = (point: { x: number; y: number }, { x, y, columns, rows }: TextFrame): Dot => ({
  x: x.position(point.x) * columns * 2 - 0.5,
  y: (1 - y.position(point.y)) * rows * 4 - 0.5,
});

interface CurveOptions {
  readonly frame: TextFrame;
  /** Put on the line here and there, so that lines can be told apart; undefined for a single line. */
  readonly sign: string | undefined;
  readonly phase: number;
}

function drawCurve(canvas: BrailleCanvas, mark: LineMark, { frame, sign, phase }: CurveOptions): void {
  let before: Point | undefined;
  for (const point of mark.points) {
    if (before && isDrawable(before) && isDrawable(point)) {
      const corner = mark.shape === 'step' ? { x: point.x, y: before.y } : before;
      drawLine(canvas, dotOf(before, frame), dotOf(corner, frame));
      drawLine(canvas, dotOf(corner, frame), dotOf(point, frame));
    }
    before = point;
  }
  if (!sign || mark.front) return;
  const every = Math.max(6, Math.floor(frame.columns / 6));
  let next = 0;
  for (const point of mark.points.filter(isDrawable)) {
    const cell = cellOf(point, frame);
    if (cell.column < next) continue;
    drawText(canvas, sign, cell);
    next = Math.max(next, (Math.floor(cell.column / every) + 1) * every + phase * 2);
  }
}

/** A histogram's upper edge as a line, for several in one chart. */
const outline = ({ name, bins }: HistogramMark): LineMark => ({
  kind: 'line',
  name,
  shape: 'step',
  points: [
    ...bins.map(({ from, count }) => ({ x: from, y: count })),
    ...bins.slice(-1).map(({ to, count }) => ({ x: to, y: count })),
  ],
});

function drawBins(canvas: BrailleCanvas, mark: HistogramMark, frame: TextFrame): void {
  for (const bin of mark.bins) {
    const height = Math.round(frame.y.position(bin.count) * frame.rows * 8);
    const last = Math.max(
      columnOf(bin.from, frame) + 1,
      Math.round(frame.x.position(bin.to) * frame.columns),
    );
    for (let column = columnOf(bin.from, frame); column < last; column++) {
      for (let row = 0; row < frame.rows; row++) {
        const level = Math.min(8, Math.max(0, height - row * 8));
        if (level > 0) drawText(canvas, levels[level]!, { column, row: frame.rows - 1 - row });
      }
    }
  }
}

function drawLabels(canvas: BrailleCanvas, points: readonly Point[], frame: TextFrame): void {
  const labelled = points
    .filter((point) => point.label)
    .sort((a, b) => Number(a.faded ?? false) - Number(b.faded ?? false));
  const centre = (point: Point) => {
    const { column, row } = cellOf(point, frame);
    return { x: column + 0.5, y: row + 0.5 };
  };
  const labels = labelled.map((point) => ({ ...centre(point), width: [...point.label!].length, height: 1 }));
  const places = placeLabels(labels, {
    width: frame.columns,
    height: frame.rows,
    gap: { x: 1.5, y: 0.5 },
    obstacles: [...points.filter((point) => !point.label).map(centre), ...drawnCells(canvas)],
  });
  labelled.forEach((point, i) => {
    drawText(canvas, point.label!, { column: Math.round(places[i]!.left), row: Math.round(places[i]!.top) });
  });
}

/** Centres of the characters that have dots: labels should leave the lines visible. */
const drawnCells = ({ dots, columns }: BrailleCanvas): { x: number; y: number }[] =>
  [...dots.entries()]
    .filter(([, dot]) => dot !== 0)
    .map(([i]) => ({ x: (i % columns) + 0.5, y: Math.floor(i / columns) + 0.5 }));
