import { Figure, type Mark } from '../../src/plot/index.ts';
import { Report } from '../../src/report.ts';
import { efficiencies } from './efficiency.ts';
import type { Estimate, Range } from './estimate.ts';
import { sizeText } from './fit.ts';
import { rangeText } from './range-text.ts';
import type { Work } from './work.ts';

export interface EstimateTitle {
  readonly model: string;
  readonly work: Work;
}

/** Estimates side by side, the fastest slow end first, with a chart of the latencies. */
export function estimateReport(estimates: readonly Estimate[], { model, work }: EstimateTitle): Report {
  const sorted = estimates.toSorted((a, b) => slowest(a) - slowest(b));
  const able = sorted.filter((one): one is Timed => one.latency !== undefined);
  const count = `${(work.layers.reduce((sum, { macs }) => sum + macs, 0) / 1e6).toPrecision(3)} million MACs a run`;
  return new Report({
    title: `${model} on ${estimates.length} devices: estimate from data sheets, not measured (${count})`,
    columns: [
      { key: 'rank', header: '#', align: 'right' },
      { key: 'device', header: 'device' },
      { key: 'basis', header: 'basis' },
      { key: 'engine', header: 'runs on' },
      { key: 'precision', header: 'computes in' },
      { key: 'memory', header: 'weights + activations' },
      { key: 'fits', header: 'fits' },
      { key: 'latency', header: 'latency (ms)', align: 'right' },
      { key: 'throughput', header: 'samples/s', align: 'right' },
      { key: 'energy', header: 'energy (mJ)', align: 'right' },
      { key: 'limit', header: 'limited by', wrap: 40 },
      { key: 'notes', header: 'notes', wrap: 60 },
    ],
    rows: sorted.map((one, i) => ({ rank: i + 1, ...rowOf(one) })),
    charts: able.length > 0 ? [latencyFigure(able, model)] : [],
    warnings: [...work.warnings, basis(able)],
  });
}

type Timed = Estimate & { readonly latency: Range };

const slowest = ({ latency }: Estimate): number => latency?.max ?? Infinity;

const rowOf = ({ profile, kind, engine, precision, fit, ...estimate }: Estimate) => ({
  device: profile.name,
  basis: kind,
  engine,
  precision,
  memory: fit && `${sizeText(fit.weights)} + ${sizeText(fit.activations)}`,
  fits: fit ? (fit.fits ?? 'unknown') : undefined,
  latency: estimate.latency && rangeText(estimate.latency),
  throughput: estimate.throughput && rangeText(estimate.throughput),
  energy: estimate.energy && rangeText(estimate.energy),
  limit: estimate.limit,
  notes: estimate.notes.join('; '),
});

/** What the ends of the ranges mean, for the classes of engines that there are. */
function basis(able: readonly Timed[]): string {
  const classes = new Set(
    able.map(({ profile, engine }) => profile.engines.find(({ name }) => name === engine)!.efficiency),
  );
  const parts = [...classes].map((name) => `${name} ${100 * efficiencies[name].dense} %`);
  const slow = parts.length > 0 ? ` (of the peak: ${parts.join(', ')}; less in depthwise layers)` : '';
  return `Estimate: the fast end is the data sheet’s dense peak; the slow end an efficiency below all published measurements${slow}. Measure before you decide.`;
}

/** Ends the line of a device. */
const gap = { x: Number.NaN, y: Number.NaN };

/** Names of more devices than these would cover each other. */
const namedUpTo = 8;

/** One line a device, from the fast to the slow end: a few with their names, many at the number of their row in the table. */
function latencyFigure(able: readonly Timed[], model: string): Figure {
  const named = able.length <= namedUpTo;
  const rows = able.map(({ profile, latency }, i) => ({
    y: named ? able.length - i : i + 1,
    label: profile.name,
    latency,
    hover: `${profile.name}: ${rangeText(latency)} ms (estimate)`,
  }));
  return new Figure({
    title: `${model}: estimated latency of one run`,
    x: { title: 'Latency (estimate)', unit: 'ms', scale: 'log' },
    y: {
      title: named ? 'Devices, fastest on top' : 'Row of the table, fastest first',
      include: [0, able.length + 1],
    },
    marks: rangeMarks(rows.map(({ label, ...row }) => (named ? { ...row, label } : row))),
    notes: [
      'From data sheets, not measured: from the dense peak to a slow end below all published measurements',
    ],
  });
}

interface Row {
  readonly y: number;
  readonly latency: Range;
  readonly hover: string;
  readonly label?: string;
}

/** A line from end to end of each range, a point at its slow end. */
const rangeMarks = (rows: readonly Row[]): Mark[] => [
  {
    kind: 'line',
    name: 'estimate',
    series: 0,
    points: rows.flatMap(({ y, latency, hover }) => [
      ...[latency.min, latency.max].map((x) => ({ x, y, hover })),
      gap,
    ]),
  },
  {
    kind: 'scatter',
    name: 'estimate',
    series: 0,
    points: rows.map(({ latency, ...row }) => ({ ...row, x: latency.max })),
  },
];
