import { UsageError } from '../errors.ts';
import { shortNames } from '../report/short-names.ts';
import { type Displayable, displaySymbol, type MimeBundle } from '../report.ts';
import { figureBundle } from './bundle.ts';

export interface Axis {
  readonly title: string;
  /** Shown in parentheses after the title. */
  readonly unit?: string;
  /** Default `linear`. */
  readonly scale?: 'linear' | 'log';
  /** Digits after the point of values that are written beside bars. Default: at most four significant digits. */
  readonly decimals?: number;
  /** Values that the axis must include, for example 0. */
  readonly include?: readonly number[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Written beside the point. */
  readonly label?: string;
  /** Shown when the pointer is over the point. Default: label and values. */
  readonly hover?: string;
  /** Of what the point stands for, where something can be done with it. */
  readonly id?: string;
  /** Drawn hollow: there, but not what the reader should look at first. */
  readonly faded?: boolean;
}

interface Series {
  /** Marks of the same name share an entry of the legend. */
  readonly name: string;
  /** Marks with the same number share a colour. Default: the mark's position in the figure. */
  readonly series?: number;
}

/** Separate points. */
export interface ScatterMark extends Series {
  readonly kind: 'scatter';
  readonly points: readonly Point[];
}

/** Points joined in their order; a point that is not finite is a gap. */
export interface LineMark extends Series {
  readonly kind: 'line';
  readonly points: readonly Point[];
  /** `step` holds each y until the next x. Default `linear`. */
  readonly shape?: 'linear' | 'step';
  /** The highlighted edge of what can be reached, drawn below the points. */
  readonly front?: boolean;
}

/** Horizontal bars, one a category, from top to bottom; x is the values' axis. */
export interface BarMark extends Series {
  readonly kind: 'bar';
  readonly bars: readonly { readonly category: string; readonly value: number; readonly hover?: string }[];
}

/** Counts of values in `[from, to)`; bins touch each other. */
export interface HistogramMark extends Series {
  readonly kind: 'histogram';
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

export type Mark = ScatterMark | LineMark | BarMark | HistogramMark;

export interface FigureInit {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
  /** What the reader must know: points that could not be drawn, emulated values. */
  readonly notes?: readonly string[];
}

/** A chart as plain data. `toPlotly`, `toSvg`, `toPng` and `toText` draw it; in a notebook it shows itself. */
export class Figure implements Displayable {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
  readonly notes: readonly string[];
  /** Whether its HTML brings plotly.js, which makes every figure of the page interactive without a network. */
  embedsLibrary = false;

  /** Throws UsageError for a value that its logarithmic axis cannot show, and for bars mixed with other marks. */
  constructor({ title, x, y, marks, notes = [] }: FigureInit) {
    const bars = marks.filter((mark) => mark.kind === 'bar').length;
    if (bars > 0 && marks.length > 1) {
      throw new UsageError(`Bars must be the only mark of figure '${title}', it has ${marks.length} marks`);
    }
    this.title = title;
    this.x = x;
    this.y = y;
    this.marks = marks;
    this.notes = notes;
    for (const axis of ['x', 'y'] as const) this.#checkPositive(axis);
  }

  /** One bundle for every front end: plotly JSON, HTML that holds the SVG, PNG, text. */
  [displaySymbol](): Promise<MimeBundle> {
    return figureBundle(this);
  }

  #checkPositive(axis: 'x' | 'y'): void {
    if (this[axis].scale !== 'log') return;
    for (const mark of this.marks) {
      const bad = markValues(mark, axis).find((value) => value <= 0);
      if (bad === undefined) continue;
      throw new UsageError(
        `'${mark.name}' must have ${axis} values above 0 on a logarithmic axis, has ${bad}. Use scale 'linear'.`,
      );
    }
  }
}

/** The values that a mark needs room for along an axis. A bar's categories need none. */
export function markValues(mark: Mark, axis: 'x' | 'y'): number[] {
  switch (mark.kind) {
    case 'bar':
      return axis === 'x' ? mark.bars.map((bar) => bar.value) : [];
    case 'histogram':
      return mark.bins.flatMap((bin) => (axis === 'x' ? [bin.from, bin.to] : [bin.count]));
    default:
      return mark.points.map((point) => point[axis]);
  }
}

/** The marks that the legend lists: of several with one name the one with points; none if nothing needs telling apart. */
export function legendMarks({ marks }: Figure): { mark: Mark; index: number }[] {
  const entries = new Map<string, { mark: Mark; index: number }>();
  for (const [index, mark] of marks.entries()) {
    if (!entries.has(mark.name) || mark.kind !== 'line') entries.set(mark.name, { mark, index });
  }
  return entries.size > 1 ? [...entries.values()] : [];
}

export const axisTitle = ({ title, unit }: Axis): string => (unit ? `${title} (${unit})` : title);

export const isDrawable = ({ x, y }: Point): boolean => Number.isFinite(x) && Number.isFinite(y);

/** What a pointer over the point tells. */
export function hoverText(point: Point, { x, y }: Figure): string {
  if (point.hover) return point.hover;
  const value = (axis: Axis, v: number) => `${axis.title}: ${Number(v.toPrecision(6))}${unitSuffix(axis)}`;
  return [...(point.label ? [point.label] : []), value(x, point.x), value(y, point.y)].join('\n');
}

const unitSuffix = ({ unit }: Axis): string => (unit ? ` ${unit}` : '');

/** Names of the bars for beside an axis, at most `longest` characters each. */
export const barNames = ({ bars }: BarMark, longest = 28): string[] =>
  shortNames(
    bars.map(({ category }) => category),
    longest,
  );
