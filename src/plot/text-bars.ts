import { formatNumber } from '../report/cell.ts';
import { axisTitle, type BarMark, barNames, type Figure } from './figure.ts';
import { seriesColor } from './palette.ts';
import { figureScale } from './scale.ts';
import type { TextSettings } from './text-paint.ts';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** One line a bar: its name, its length in eighths of a character, its value. */
export function textBars(figure: Figure, mark: BarMark, { width, paint }: TextSettings): string[] {
  const names = barNames(mark, Math.min(36, Math.floor(width / 3)));
  const values = mark.bars.map(({ value }) => formatNumber(value, { decimals: figure.x.decimals }));
  const left = Math.max(0, ...names.map((name) => name.length));
  const right = Math.max(0, ...values.map((value) => value.length));
  const room = Math.max(8, width - left - right - 3);
  const scale = figureScale(figure, 'x');
  const zero = scale.log ? 0 : scale.position(0) * room;
  const lines = mark.bars.map(({ value }, i) => {
    const bar = Number.isFinite(value) ? drawBar(zero, scale.position(value) * room) : '';
    return `${names[i]!.padStart(left)} ${paint(bar, seriesColor(mark.series ?? 0))} ${values[i]}`;
  });
  return [axisTitle(figure.x), ...lines];
}

/** A bar from `zero` to `end`, in characters; a negative one begins at a whole character. */
function drawBar(zero: number, end: number): string {
  const origin = Math.round(zero);
  if (end < zero) return `${' '.repeat(Math.round(end))}${'█'.repeat(origin - Math.round(end))}│`;
  const length = Math.max(end > zero ? 1 : 0, Math.round((end - zero) * 8));
  return `${' '.repeat(origin)}│${'█'.repeat(Math.floor(length / 8))}${eighths[length % 8]}`;
}
