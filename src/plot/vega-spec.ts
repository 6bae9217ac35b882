import type { Legend, Spec, Axis as VegaAxis, Scale as VegaScale } from 'vega';
import { type Axis, axisTitle, barNames, type Figure, legendMarks, type Mark } from './figure.ts';
import { fontFamily, seriesColor } from './palette.ts';
import { figureScale, type Scale } from './scale.ts';
import { textWidth, wrapText } from './text-width.ts';
import { labelMarks } from './vega-labels.ts';
import { vegaMark } from './vega-mark.ts';

export interface SpecOptions {
  /** Width of the plotting area in pixels. Default 560. */
  readonly width?: number;
  /** Height of the plotting area in pixels. Default 340; bars take what they need. */
  readonly height?: number;
  /** For a panel among others: small title, ticks nearer to each other, little room around. */
  readonly compact?: boolean;
  /** CSS colour. Default: transparent. */
  readonly background?: string;
}

/** The plotting area: its size in pixels and the scales that fill it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: Scale;
  readonly y: Scale;
}

const barHeight = 22;
const ink = 'currentColor';

/** A Vega specification that draws the figure: all layout is decided here, Vega draws. */
export function vegaSpec(figure: Figure, options: SpecOptions = {}): Spec {
  const categories = barCategories(figure);
  const width = options.width ?? 560;
  const height = options.height ?? (categories ? Math.max(3, categories.length) * barHeight : 340);
  const frame = frameOf(figure, { width, height, compact: options.compact });
  const { x, y } = frame;
  const listed = legendMarks(figure);
  return {
    width,
    height,
    padding: options.compact ? 4 : 12,
    autosize: 'pad',
    ...(options.background && { background: options.background }),
    config: { text: { font: fontFamily }, style: textStyles },
    title: titleOf(figure, width, options.compact),
    signals: [
      { name: 'xTexts', value: tickTexts(x) },
      { name: 'yTexts', value: categories ? { ...categories } : tickTexts(y) },
    ],
    scales: [
      numberScale('x', x),
      categories ? categoryScale(categories) : numberScale('y', y),
      {
        name: 'series',
        type: 'ordinal',
        domain: listed.map(({ mark }) => mark.name),
        range: listed.map(({ mark, index }) => seriesColor(mark.series ?? index)),
      },
    ],
    axes: [xAxis(figure, x), yAxis(figure, categories ?? y)],
    legends: legendOf(listed.map(({ mark }) => mark)),
    marks: [
      ...figure.marks.flatMap((mark, index) => vegaMark(mark, index, figure)),
      ...labelMarks(figure, frame),
    ],
  };
}

interface PanelSize extends Pick<SpecOptions, 'compact'> {
  readonly width: number;
  readonly height: number;
}

function frameOf(figure: Figure, { width, height, compact }: PanelSize): Frame {
  const spacing = compact ? { x: 48, y: 28 } : { x: 80, y: 55 };
  const x = figureScale(figure, 'x', { ticks: width / spacing.x });
  const y = figureScale(figure, 'y', { ticks: height / spacing.y });
  return { width, height, x, y };
}

function titleOf(figure: Figure, width: number, compact = false) {
  const subtitle = figure.notes.length > 0 && { subtitle: notesOf(figure, width) };
  const small = compact && { offset: 8, fontSize: 12 };
  return { text: figure.title, ...titleStyle, ...small, ...subtitle };
}

/** Names of the bars, shortened to fit beside the axis; undefined if the figure has no bars. */
function barCategories(figure: Figure): string[] | undefined {
  const mark = figure.marks.find((candidate) => candidate.kind === 'bar');
  return mark && barNames(mark);
}

const titleStyle = { anchor: 'start', color: ink, subtitleColor: ink, offset: 14, fontSize: 15 } as const;
const textStyles = {
  'group-title': { font: fontFamily },
  'group-subtitle': { font: fontFamily, fontSize: 11 },
  'guide-label': { font: fontFamily, fontSize: 12, fill: ink },
  'guide-title': { font: fontFamily, fontSize: 12, fill: ink },
};

const notesOf = (figure: Figure, width: number): string[] =>
  figure.notes.flatMap((note) => wrapText(note, { size: 11, width: width + 40 }));

const tickTexts = (scale: Scale): Record<string, string> =>
  Object.fromEntries(scale.ticks.map(({ value, text }) => [value, text]));

function numberScale(name: 'x' | 'y', scale: Scale): VegaScale {
  const domain = [scale.min, scale.max];
  const range = name === 'x' ? 'width' : 'height';
  if (scale.log) return { name, type: 'log', domain, range, nice: false };
  return { name, type: 'linear', domain, range, nice: false, zero: false };
}

/** Bars are known by position, since two layers may have the same name. */
const categoryScale = (categories: readonly string[]): VegaScale => ({
  name: 'y',
  type: 'band',
  domain: categories.map((_, index) => index),
  range: [0, { signal: 'height' }],
  padding: 0.2,
});

const axisStyle = {
  domain: false,
  ticks: false,
  grid: true,
  gridColor: ink,
  gridOpacity: 0.14,
  labelPadding: 7,
  labelOverlap: true,
  titleFontWeight: 500,
  titlePadding: 12,
} as const;

/** A blank title would still take its room. */
const titled = (axis: Axis) => (axisTitle(axis) === '' ? {} : { title: axisTitle(axis) });

const xAxis = (figure: Figure, scale: Scale): VegaAxis => ({
  ...axisStyle,
  orient: 'bottom',
  scale: 'x',
  ...titled(figure.x),
  values: scale.ticks.map((tick) => tick.value),
  encode: { labels: { update: { text: { signal: 'xTexts[datum.value]' } } } },
});

/** The room for labels is told to Vega, which without a canvas can only guess it. */
function yAxis(figure: Figure, labels: Scale | readonly string[]): VegaAxis {
  const texts = 'ticks' in labels ? labels.ticks.map((tick) => tick.text) : labels;
  const extent = Math.max(...texts.map((text) => textWidth(text, 12))) + axisStyle.labelPadding;
  return {
    ...axisStyle,
    orient: 'left',
    scale: 'y',
    ...titled(figure.y),
    minExtent: extent,
    maxExtent: extent,
    encode: { labels: { update: { text: { signal: 'yTexts[datum.value]' } } } },
    ...('ticks' in labels
      ? { values: labels.ticks.map((tick) => tick.value) }
      : { grid: false, labelOverlap: false, labelLimit: 400 }),
  };
}

function legendOf(marks: readonly Mark[]): Legend[] {
  if (marks.length === 0) return [];
  const shapes = Object.fromEntries(
    marks.map(({ name, kind }) => [name, kind === 'line' ? 'stroke' : 'circle']),
  );
  return [
    {
      fill: 'series',
      orient: 'top',
      direction: 'horizontal',
      columns: 4,
      labelLimit: 0,
      symbolSize: 90,
      columnPadding: 18,
      offset: 10,
      encode: {
        symbols: {
          update: {
            shape: { signal: `${JSON.stringify(shapes)}[datum.value]` },
            stroke: { scale: 'series', field: 'value' },
            strokeWidth: { value: 2 },
          },
        },
      },
    },
  ];
}
