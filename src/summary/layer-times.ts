import { barFigure } from '../plot/index.ts';
import { type Column, Report } from '../report.ts';
import type { NodeTime } from '../runtime/index.ts';

/** One layer as the runtime fuses it, or all of them. */
export type LayerTimeRow = {
  readonly layer: string;
  /** Empty where the runtime does not tell. */
  readonly op: string;
  readonly microseconds: number;
  /** Of all layers together, in percent; null for the total. */
  readonly share: number | null;
};

export interface LayerTimesOptions {
  /** Names the model, the device and the runtime. */
  readonly title: string;
  readonly warnings?: readonly string[];
}

/** Where the time of a model goes: layer by layer in the order they run, and a chart by operator, or by layer if none is known. */
export function layerTimes(
  times: readonly NodeTime[],
  { title, warnings = [] }: LayerTimesOptions,
): Report<LayerTimeRow> {
  const total = times.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const rows = times.map(({ name, op, microseconds }) => ({
    ...{ layer: name, op, microseconds },
    share: total > 0 ? (100 * microseconds) / total : 0,
  }));
  return new Report<LayerTimeRow>({
    title: `${title}: ${rows.length} layers, ${(total / 1000).toPrecision(3)} ms together`,
    columns: columnsOf(rows),
    rows: [...rows, { layer: 'total', op: '', microseconds: total, share: null }],
    charts: [timeFigure(rows)],
    warnings,
  });
}

function columnsOf(rows: readonly LayerTimeRow[]): Column[] {
  const most = rows.reduce((max, { share }) => Math.max(max, share ?? 0), 0) || 100;
  return [
    { key: 'layer', header: 'layer' },
    ...(rows.some(({ op }) => op) ? [{ key: 'op', header: 'operator' }] : []),
    { key: 'microseconds', header: 'time', unit: 'µs', decimals: 1 },
    { key: 'share', header: 'share', unit: '%', decimals: 1, bar: most },
  ];
}

/** More bars could not be read. */
const mostBars = 25;

function timeFigure(rows: readonly LayerTimeRow[]) {
  const key = rows.some(({ op }) => op) ? 'op' : 'layer';
  const groups = Map.groupBy(rows, (row) => row[key]);
  const bars = [...groups]
    .map(([name, list]) => ({
      name: list.length > 1 ? `${name} (${list.length})` : name,
      value: list.reduce((sum, { share }) => sum + (share ?? 0), 0),
    }))
    .toSorted((a, b) => b.value - a.value);
  const what = key === 'op' ? 'operators' : 'layers';
  return barFigure(bars.slice(0, mostBars), {
    title: `Where the time goes, by ${what}${bars.length > mostBars ? `: the ${mostBars} slowest` : ''}`,
    value: { title: 'Share of the time', unit: '%', decimals: 1 },
    category: key === 'op' ? 'Operator' : 'Layer',
  });
}
