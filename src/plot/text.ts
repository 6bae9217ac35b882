import { axisTitle, type Figure } from './figure.ts';
import { textAxes } from './text-axes.ts';
import { textBars } from './text-bars.ts';
import { drawMarks, legendText } from './text-marks.ts';

export interface TextOptions {
  /** Columns of the whole chart. Default 76. */
  readonly width?: number;
  /** Lines of the plotting area. Default 16; bars take one line each. */
  readonly height?: number;
}

/** The figure as characters for a terminal of any colours: title, legend, axes with ticks, labels, notes. */
export function toText(figure: Figure, { width = 76, height = 16 }: TextOptions = {}): string {
  const bars = figure.marks.find((mark) => mark.kind === 'bar');
  const body = bars
    ? textBars(figure, bars, width)
    : [...legendText(figure, width), axisTitle(figure.y), ...textAxes(figure, { width, height }, drawMarks)];
  return [figure.title, ...body, ...figure.notes].map((line) => line.trimEnd()).join('\n');
}
