import {
  type Axis,
  axisTitle,
  type BarMark,
  barNames,
  type Figure,
  hoverText,
  isDrawable,
  type LineMark,
  legendMarks,
  type Mark,
  type ScatterMark,
} from './figure.ts';
import { fontFamily, neutralColor, seriesColor } from './palette.ts';
import { figureScale } from './scale.ts';
import { placePointLabels } from './vega-labels.ts';

/** What `application/vnd.plotly.v1+json` holds. */
export interface PlotlyFigure {
  readonly data: readonly Record<string, unknown>[];
  readonly layout: Record<string, unknown>;
  readonly config: Record<string, unknown>;
}

/** The figure for plotly.js 2 or later, on a transparent ground with colours that read in light and dark themes. */
export function toPlotly(figure: Figure): PlotlyFigure {
  const positions = labelPositions(figure);
  const listed = legendMarks(figure).map(({ index }) => index);
  return {
    data: figure.marks.map((mark, index) => ({
      name: mark.name,
      legendgroup: mark.name,
      showlegend: listed.includes(index),
      ...trace(mark, { figure, positions, color: seriesColor(mark.series ?? index) }),
    })),
    layout: layoutOf(figure),
    config: { responsive: true, displaylogo: false },
  };
}

interface TraceContext {
  readonly figure: Figure;
  readonly color: string;
  readonly positions: ReadonlyMap<object, string>;
}

function trace(mark: Mark, context: TraceContext): Record<string, unknown> {
  switch (mark.kind) {
    case 'scatter':
      return scatter(mark, context);
    case 'line':
      return line(mark, context);
    case 'bar':
      return {
        type: 'bar',
        orientation: 'h',
        x: mark.bars.map(({ value }) => finite(value)),
        y: mark.bars.map((_, index) => index),
        hovertext: mark.bars.map(({ category, value, hover }) =>
          plotlyText(hover ?? `${category}: ${value}`),
        ),
        hoverinfo: 'text',
        marker: { color: context.color },
      };
    case 'histogram':
      return {
        type: 'bar',
        x: mark.bins.map(({ from, to }) => (from + to) / 2),
        y: mark.bins.map(({ count }) => count),
        width: mark.bins.map(({ from, to }) => to - from),
        hovertext: mark.bins.map(({ from, to, count }) => `${from} to ${to}: ${count}`),
        hoverinfo: 'text',
        marker: { color: context.color, opacity: context.figure.marks.length > 1 ? 0.6 : 1 },
      };
  }
}

function scatter(mark: ScatterMark, { figure, positions, color }: TraceContext): Record<string, unknown> {
  const points = mark.points.filter(isDrawable);
  return {
    type: 'scatter',
    mode: points.some((point) => point.label) ? 'markers+text' : 'markers',
    x: points.map((point) => point.x),
    y: points.map((point) => point.y),
    text: points.map((point) => plotlyText(point.label ?? '')),
    textposition: points.map((point) => positions.get(point) ?? 'middle right'),
    hovertext: points.map((point) => plotlyText(hoverText(point, figure))),
    hoverinfo: 'text',
    cliponaxis: false,
    marker: {
      size: 10,
      color,
      symbol: points.map((point) => (point.faded ? 'circle-open' : 'circle')),
      line: { width: 1.5, color },
    },
  };
}

const line = (mark: LineMark, { color }: TraceContext): Record<string, unknown> => ({
  type: 'scatter',
  mode: 'lines',
  x: mark.points.map((point) => finite(point.x)),
  y: mark.points.map((point) => finite(point.y)),
  line: { color, width: mark.front ? 3 : 2, shape: mark.shape === 'step' ? 'hv' : 'linear' },
  opacity: mark.front ? 0.6 : 1,
  ...(mark.front && { hoverinfo: 'skip' }),
});

/** JSON has no NaN; plotly reads null as a gap. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const horizontal = { '-1': 'left', 0: 'center', 1: 'right' } as const;
const vertical = { '-1': 'top', 0: 'middle', 1: 'bottom' } as const;

/** Plotly does not keep labels apart: it gets the sides that keep them apart in the static picture. */
function labelPositions(figure: Figure): Map<object, string> {
  const frame = { width: 560, height: 340, x: figureScale(figure, 'x'), y: figureScale(figure, 'y') };
  const side = (table: Record<string, string>, value: number) => table[String(value)]!;
  return new Map(
    placePointLabels(figure, frame).map(({ point, place }) => [
      point,
      `${side(vertical, place.dy)} ${side(horizontal, place.dx)}`,
    ]),
  );
}

function layoutOf(figure: Figure): Record<string, unknown> {
  const bars = figure.marks.find((mark) => mark.kind === 'bar');
  const listed = legendMarks(figure).length > 0;
  return {
    title: { text: plotlyText(figure.title), ...titlePlace, ...subtitle(figure) },
    font: { family: fontFamily, size: 13, color: neutralColor },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    xaxis: axis(figure.x, range(figure, 'x')),
    yaxis: bars ? categories(figure.y, bars) : axis(figure.y, range(figure, 'y')),
    showlegend: listed,
    ...(listed && { legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom' } }),
    hoverlabel: { align: 'left' },
    modebar: { bgcolor: 'rgba(0,0,0,0)', color: neutralColor },
    ...(figure.marks.some((mark) => mark.kind === 'histogram') && { bargap: 0, barmode: 'overlay' }),
    margin: { l: 70, r: 30, t: 60 + (listed ? 30 : 0) + figure.notes.length * 16, b: 60 },
    height: bars ? Math.max(260, 130 + bars.bars.length * 24) : 460,
  };
}

const titlePlace = {
  x: 0,
  xref: 'paper',
  y: 1,
  yref: 'container',
  yanchor: 'top',
  pad: { t: 16 },
  font: { size: 16 },
};

const subtitle = ({ notes }: Figure): object =>
  notes.length > 0 ? { subtitle: { text: notes.map(plotlyText).join('<br>'), font: { size: 11 } } } : {};

/** Plotly reads the ends of a logarithmic axis as exponents. */
function range(figure: Figure, name: 'x' | 'y'): number[] {
  const { min, max, log } = figureScale(figure, name);
  return log ? [Math.log10(min), Math.log10(max)] : [min, max];
}

/** A short logarithmic axis has ticks at 1, 2 and 5 of each decade, a long one at the decades. */
const axis = (source: Axis, range: number[]): Record<string, unknown> => ({
  title: { text: plotlyText(axisTitle(source)), standoff: 10 },
  type: source.scale ?? 'linear',
  range,
  ...(source.scale === 'log' && { dtick: range[1]! - range[0]! <= 4 ? 'D2' : 1 }),
  gridcolor: 'rgba(127,127,127,0.25)',
  zeroline: false,
  automargin: true,
});

/** Bars by position, since two layers may have the same name; the first one on top. */
const categories = (source: Axis, mark: BarMark): Record<string, unknown> => ({
  title: { text: plotlyText(axisTitle(source)), standoff: 10 },
  tickvals: mark.bars.map((_, index) => index),
  ticktext: barNames(mark).map(plotlyText),
  autorange: 'reversed',
  automargin: true,
});

/** Plotly reads a few HTML tags in its texts: names must not look like them. */
export const plotlyText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>');
