import { formatNumber } from '../report/cell.ts';
import { type Figure, type HistogramMark, markValues } from './figure.ts';
import type { FigureGrid } from './figure-grid.ts';
import { toText } from './text.ts';

const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const longestName = 28;
const sparkWidth = 32;

/** One line for each histogram: its name, its shape, its range; other figures one below the other. */
export function gridText({ title, figures, notes }: FigureGrid): string {
  const named = figures.map((figure) => ({ figure, bins: onlyHistogram(figure) }));
  const width = Math.min(longestName, Math.max(...figures.map((figure) => figure.title.length)));
  const body = named.map(({ figure, bins }) =>
    bins ? `${shorten(figure.title, width).padEnd(width)} ${spark(bins)}` : `\n${toText(figure)}`,
  );
  return [title, ...body, ...notes].join('\n');
}

const onlyHistogram = ({ marks }: Figure): HistogramMark | undefined =>
  marks.length === 1 && marks[0]!.kind === 'histogram' ? marks[0] : undefined;

/** Heights in eighths, the fullest column full, an empty one blank. */
function spark(mark: HistogramMark): string {
  const edges = markValues(mark, 'x');
  const low = edges.reduce((a, b) => Math.min(a, b), Infinity);
  const high = edges.reduce((a, b) => Math.max(a, b), -Infinity);
  const columns = new Array<number>(sparkWidth).fill(0);
  const position = (value: number): number => ((value - low) / (high - low)) * sparkWidth;
  for (const { from, to, count } of mark.bins) {
    // Bins and columns do not line up: each column gets its part of a bin.
    const [start, end] = [position(from), position(to)];
    for (let column = Math.floor(start); column < Math.min(end, sparkWidth); column++) {
      const part = (Math.min(end, column + 1) - Math.max(start, column)) / (end - start);
      columns[column]! += count * Math.max(0, part);
    }
  }
  const most = Math.max(...columns);
  const line = columns.map((count) =>
    count < 1e-9 ? ' ' : levels[Math.min(7, Math.floor((8 * count) / most))]!,
  );
  return `${line.join('')} ${formatNumber(low)} to ${formatNumber(high)}`;
}

const shorten = (text: string, longest: number): string =>
  text.length <= longest
    ? text
    : `${text.slice(0, Math.ceil((longest - 1) / 2))}…${text.slice(text.length - Math.floor((longest - 1) / 2))}`;
