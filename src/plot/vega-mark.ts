import type { Mark as VegaMark } from 'vega';
import {
  type BarMark,
  type Figure,
  type HistogramMark,
  hoverText,
  isDrawable,
  type LineMark,
  type Mark,
  type ScatterMark,
} from './figure.ts';
import { seriesColor } from './palette.ts';
import { vegaGroup } from './vega-group.ts';

interface Context {
  readonly figure: Figure;
  readonly color: string;
}

/** Vega marks for one mark of the figure; `index` is its position. */
export function vegaMark(mark: Mark, index: number, figure: Figure): VegaMark[] {
  const context: Context = { figure, color: seriesColor(mark.series ?? index) };
  switch (mark.kind) {
    case 'scatter':
      return [scatter(mark, context)];
    case 'line':
      return [line(mark, context)];
    case 'bar':
      return [bars(mark, context)];
    case 'histogram':
      return [histogram(mark, context)];
  }
}

const at = (axis: 'x' | 'y', field: string) => ({ scale: axis, field });

function scatter(mark: ScatterMark, { figure, color }: Context): VegaMark {
  const points = mark.points.filter(isDrawable).map((point) => ({
    x: point.x,
    y: point.y,
    fill: point.faded ? 'transparent' : color,
    hover: hoverText(point, figure),
  }));
  return vegaGroup(`scatter: ${mark.name}`, points, {
    type: 'symbol',
    enter: {
      x: at('x', 'x'),
      y: at('y', 'y'),
      fill: { field: 'fill' },
      stroke: { value: color },
      strokeWidth: { value: 1.5 },
      size: { value: 75 },
      description: { field: 'hover' },
    },
  });
}

function line(mark: LineMark, { color }: Context): VegaMark {
  const points = mark.points.map((point) => ({ x: point.x, y: point.y, drawn: isDrawable(point) }));
  return vegaGroup(`line: ${mark.name}`, points, {
    type: 'line',
    enter: {
      x: at('x', 'x'),
      y: at('y', 'y'),
      defined: { field: 'drawn' },
      stroke: { value: color },
      strokeWidth: { value: mark.front ? 3 : 2 },
      strokeOpacity: { value: mark.front ? 0.6 : 1 },
      strokeJoin: { value: 'round' },
      interpolate: { value: mark.shape === 'step' ? 'step-after' : 'linear' },
    },
  });
}

function bars(mark: BarMark, { figure, color }: Context): VegaMark {
  const rows = mark.bars.map(({ category, value, hover }, index) => ({
    index,
    value,
    hover:
      hover ?? hoverText({ x: value, y: index, label: category, hover: `${category}: ${value}` }, figure),
  }));
  const start = figure.x.scale === 'log' ? { signal: "domain('x')[0]" } : { value: 0 };
  return vegaGroup(
    `bar: ${mark.name}`,
    rows.filter(({ value }) => Number.isFinite(value)),
    {
      type: 'rect',
      enter: {
        x: { scale: 'x', ...start },
        x2: at('x', 'value'),
        y: at('y', 'index'),
        height: { scale: 'y', band: 1 },
        fill: { value: color },
        description: { field: 'hover' },
      },
    },
  );
}

function histogram(mark: HistogramMark, { figure, color }: Context): VegaMark {
  const start = figure.y.scale === 'log' ? { signal: "domain('y')[0]" } : { value: 0 };
  const rows = figure.y.scale === 'log' ? mark.bins.filter(({ count }) => count > 0) : mark.bins;
  return vegaGroup(`histogram: ${mark.name}`, rows, {
    type: 'rect',
    enter: {
      x: at('x', 'from'),
      x2: { ...at('x', 'to'), offset: -1 },
      y: at('y', 'count'),
      y2: { scale: 'y', ...start },
      fill: { value: color },
      fillOpacity: { value: figure.marks.length > 1 ? 0.6 : 1 },
    },
  });
}
