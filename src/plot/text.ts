import { terminal } from '../report/terminal.ts';
import { axisTitle, type Figure } from './figure.ts';
import { textAxes } from './text-axes.ts';
import { textBars } from './text-bars.ts';
import { drawMarks, legendText } from './text-marks.ts';
import { colored, plain } from './text-paint.ts';

export interface TextOptions {
  /** Columns of the whole chart. Default 76. */
  readonly width?: number;
  /** Whether series have their colours. Default: as the front end's terminal has it. */
  readonly color?: boolean;
  /** Lines of the plotting area. Default 16; bars take one line each. */
  readonly height?: number;
}

/** Wider charts are not read more easily. */
const widest = 100;

/** The figure as characters for a terminal of any colours: title, legend, axes with ticks, labels, notes. */
export function toText(figure: Figure, options: TextOptions = {}): string {
  const shown = terminal();
  const {
    width = shown ? Math.min(shown.columns - 1, widest) : 76,
    height = 16,
    color = shown?.color,
  } = options;
  const paint = color ? colored : plain;
  const bars = figure.marks.find((mark) => mark.kind === 'bar');
  const body = bars
    ? textBars(figure, bars, { width, paint })
    : [
        ...legendText(figure, { width, paint }),
        axisTitle(figure.y),
        ...textAxes(figure, { width, height }, (...drawn) => drawMarks(...drawn, paint)),
      ];
  return [figure.title, ...body, ...figure.notes].map((line) => line.trimEnd()).join('\n');
}
