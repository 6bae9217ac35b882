import type { Mark as VegaMark } from 'vega';
import { formatNumber } from '../report/cell.ts';
import { type Axis, type BarMark, type Figure, isDrawable, type LineMark, type Point } from './figure.ts';
import { type Label, type Placement, placeLabels } from './place-labels.ts';
import { textWidth } from './text-width.ts';
import { vegaGroup } from './vega-group.ts';
import type { Frame } from './vega-spec.ts';

const size = 12;
const gap = { x: 8, y: 7 };

/** Texts beside labelled points and bars, and a thin line to each one that had to move away from its point. */
export function labelMarks(figure: Figure, frame: Frame): VegaMark[] {
  const bars = figure.marks.find((mark) => mark.kind === 'bar');
  return bars ? [barValues(bars, figure.x)] : pointLabels(figure, frame);
}

/** Places of the labels of all labelled points, in pixels of a plotting area; front and solid points first. */
export function placePointLabels(
  figure: Figure,
  frame: Frame,
): { point: Point; label: Label; place: Placement }[] {
  const points = figure.marks.flatMap((mark) =>
    mark.kind === 'scatter' ? mark.points.filter(isDrawable) : [],
  );
  const labelled = points
    .filter((point) => point.label)
    .sort((a, b) => Number(a.faded ?? false) - Number(b.faded ?? false));
  const labels = labelled.map((point) => ({
    ...pixel(point, frame),
    width: textWidth(point.label!, size),
    height: size,
  }));
  const rest = points.filter((point) => !point.label).map((point) => pixel(point, frame));
  const lines = figure.marks.flatMap((mark) => (mark.kind === 'line' ? samples(mark, frame) : []));
  const places = placeLabels(labels, { ...frame, gap, obstacles: [...rest, ...lines] });
  return labelled.map((point, i) => ({ point, label: labels[i]!, place: places[i]! }));
}

const pixel = (point: { x: number; y: number }, { x, y, width, height }: Frame) => ({
  x: x.position(point.x) * width,
  y: (1 - y.position(point.y)) * height,
});

/** Points along a line, a label's height apart. */
function samples(mark: LineMark, frame: Frame): { x: number; y: number }[] {
  const corners = mark.points.filter(isDrawable).flatMap((point, i, all) => {
    const before = all[i - 1];
    return mark.shape === 'step' && before ? [{ x: point.x, y: before.y }, point] : [point];
  });
  return corners.flatMap((corner, i) => {
    const [to, from] = [pixel(corner, frame), pixel(corners[i - 1] ?? corner, frame)];
    const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / gap.x));
    return Array.from({ length: count }, (_, k) => ({
      x: from.x + ((to.x - from.x) * (k + 1)) / count,
      y: from.y + ((to.y - from.y) * (k + 1)) / count,
    }));
  });
}

function pointLabels(figure: Figure, frame: Frame): VegaMark[] {
  const rows = placePointLabels(figure, frame).map(({ point, label, place }) => ({
    text: point.label,
    opacity: point.faded ? 0.75 : 1,
    x: place.left,
    y: place.top,
    px: label.x,
    py: label.y,
    ...nearest(label, place),
  }));
  if (rows.length === 0) return [];
  const far = rows.filter(
    (row) => Math.hypot(row.nx - row.px, row.ny - row.py) > 1.6 * Math.hypot(gap.x, gap.y),
  );
  return [leaders(far), texts('labels', rows)];
}

/** The place of the label's box that is nearest to its point. */
const nearest = (label: Label, place: Placement) => ({
  nx: Math.min(Math.max(label.x, place.left), place.left + label.width),
  ny: Math.min(Math.max(label.y, place.top), place.top + label.height),
});

const ink = { value: 'currentColor' } as const;

const leaders = (rows: readonly object[]): VegaMark =>
  vegaGroup('leaders', rows, {
    type: 'rule',
    enter: {
      x: { field: 'px' },
      y: { field: 'py' },
      x2: { field: 'nx' },
      y2: { field: 'ny' },
      stroke: ink,
      strokeOpacity: { value: 0.4 },
    },
  });

const texts = (name: string, rows: readonly object[]): VegaMark =>
  vegaGroup(name, rows, {
    type: 'text',
    enter: {
      x: { field: 'x' },
      y: { field: 'y' },
      text: { field: 'text' },
      baseline: { value: 'top' },
      fontSize: { value: size },
      fill: ink,
      fillOpacity: { field: 'opacity' },
    },
  });

/** The value at the end of every bar, outside of it. */
function barValues(mark: BarMark, { decimals }: Axis): VegaMark {
  const rows = mark.bars.map(({ value }, index) => ({
    index,
    value,
    text: formatNumber(value, { decimals }),
    align: value < 0 ? 'right' : 'left',
    offset: value < 0 ? -5 : 5,
  }));
  return vegaGroup(
    'values',
    rows.filter(({ value }) => Number.isFinite(value)),
    {
      type: 'text',
      enter: {
        x: { scale: 'x', field: 'value', offset: { field: 'offset' } },
        y: { scale: 'y', field: 'index', band: 0.5 },
        text: { field: 'text' },
        align: { field: 'align' },
        baseline: { value: 'middle' },
        fontSize: { value: 11 },
        fill: ink,
        fillOpacity: { value: 0.75 },
      },
    },
  );
}
