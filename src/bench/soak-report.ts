import { curveFigure } from '../plot/index.ts';
import { type Column, Report } from '../report.ts';
import { type Drift, driftOf } from './drift.ts';
import type { SoakWindow } from './soak-runs.ts';

/** A figure at one moment of a soak. */
export interface Moment {
  /** Seconds since the measured runs began. */
  readonly at: number;
  readonly value: number;
}

export interface SoakInit {
  /** The model's name. */
  readonly name: string;
  readonly device: string;
  /** Oldest first; one at least. */
  readonly windows: readonly SoakWindow[];
  /** How long it was to last, in s. */
  readonly asked: number;
  /** How long the beginning and the end that are compared are, in s. */
  readonly edge: number;
  /** Watts. */
  readonly power: readonly Moment[];
  /** Degrees Celsius of the hottest zone. */
  readonly celsius: readonly Moment[];
  /** What the power covers. */
  readonly covers?: string | undefined;
  readonly warnings?: readonly string[];
}

const columns: readonly Column[] = [
  { key: 'part', header: 'part' },
  { key: 'runs', header: 'runs' },
  { key: 'mean', header: 'mean', unit: 'ms', significant: 4 },
  { key: 'p50', header: 'p50', unit: 'ms', significant: 4 },
  { key: 'p95', header: 'p95', unit: 'ms', significant: 4 },
  { key: 'p99', header: 'p99', unit: 'ms', significant: 4 },
  { key: 'max', header: 'max', unit: 'ms', significant: 4 },
  { key: 'watts', header: 'power', unit: 'W', decimals: 2 },
  { key: 'celsius', header: 'hottest', unit: '°C', decimals: 1 },
];

/** What became of a model's latency over time: the beginning beside the end, the verdict, and the curves. */
export class SoakReport extends Report {
  readonly windows: readonly SoakWindow[];
  /** Of the windows' medians; undefined for a soak that was too short for an interval. */
  readonly drift: Drift | undefined;

  constructor(init: SoakInit) {
    const { name, device, windows, asked, warnings = [] } = init;
    const lasted = windows.at(-1)!.to;
    const drift = driftOf(
      windows.map(({ from, to }) => (from + to) / 2),
      windows.map(({ latency }) => latency.p50),
    );
    const verdict = drift?.verdict ?? `${windows.length} windows are too few for a verdict on drift`;
    const short = asked - lasted > asked / 60;
    super({
      title: `${name} on ${device}, soak of ${seconds(lasted)}. ${verdict}`,
      columns: columns.filter(
        ({ key }) =>
          (key !== 'watts' || init.power.length > 0) && (key !== 'celsius' || init.celsius.length > 0),
      ),
      rows: rowsOf(init),
      charts: chartsOf(init),
      warnings: [...(short ? [`Stopped after ${seconds(lasted)} of ${seconds(asked)}`] : []), ...warnings],
    });
    this.windows = windows;
    this.drift = drift;
  }
}

/** The first windows that make an edge, and the last. */
function rowsOf({ windows, edge, power, celsius }: SoakInit) {
  const lasted = windows.at(-1)!.to;
  const first = windows.find(({ to }) => to >= edge * 0.98) ?? windows.at(-1)!;
  const parts = [
    { part: `first ${seconds(Math.min(edge, lasted))}`, window: first, from: 0, to: first.to },
    {
      part: `last ${seconds(Math.min(edge, lasted))}`,
      ...{ window: windows.at(-1)!, from: Math.max(0, lasted - edge), to: lasted },
    },
  ];
  return parts.map(({ part, window, from, to }) => {
    const { count: runs, mean, p50, p95, p99, max } = window.edge;
    const within = (moments: readonly Moment[]) => meanOf(moments.filter(({ at }) => at >= from && at <= to));
    return { part, runs, mean, p50, p95, p99, max, watts: within(power), celsius: within(celsius) };
  });
}

function chartsOf({ name, device, windows, power, celsius, covers }: SoakInit) {
  const time = { title: 'Time', unit: 's' };
  const x = windows.map(({ from, to }) => (from + to) / 2);
  const latency = curveFigure(
    (['p50', 'p99'] as const).map((key) => ({ name: key, x, y: windows.map(({ latency }) => latency[key]) })),
    { title: `Latency of ${name} on ${device}`, x: time, y: { title: 'Latency', unit: 'ms' } },
  );
  const others = [
    {
      title: 'Temperature of the hottest zone',
      axis: { title: 'Temperature', unit: '°C' },
      moments: celsius,
    },
    { title: `Power${covers ? `, ${covers}` : ''}`, axis: { title: 'Power', unit: 'W' }, moments: power },
  ];
  return [
    latency,
    ...others
      .filter(({ moments }) => moments.length > 1)
      .map(({ title, axis, moments }) =>
        curveFigure(
          [{ name: axis.title, x: moments.map(({ at }) => at), y: moments.map(({ value }) => value) }],
          { title: `${title} (${device})`, x: time, y: axis },
        ),
      ),
  ];
}

const meanOf = (moments: readonly Moment[]): number | undefined =>
  moments.length === 0 ? undefined : moments.reduce((sum, { value }) => sum + value, 0) / moments.length;

const seconds = (value: number): string =>
  value >= 120 ? `${Number((value / 60).toFixed(1))} min` : `${Number(value.toPrecision(3))} s`;
