import { UsageError } from '../errors.ts';
import { type Column, Report } from '../report.ts';
import { type Cost, costOf, costValue, isCost, latency, standingOnFront } from './dominance.ts';
import type { Ledger } from './ledger.ts';
import { allMeasured, type Measured, measuredOf } from './measured.ts';
import { knownMetrics, metricColumn } from './metrics.ts';
import type { StoredMeasurement } from './record.ts';
import type { Variant } from './variant.ts';

/**
 * One variant on one device at one batch. Metrics have the units of `knownMetrics`; ratios and changes are against
 * the root of the variant's lineage on the same device and batch, `fromParent` against its parent.
 */
export interface ComparisonRow {
  readonly [metric: string]: string | number | undefined;
  readonly variant: string;
  readonly device: string | undefined;
  readonly batch: number | undefined;
  /** What the accuracy was measured on. */
  readonly data: string | undefined;
  readonly bytes: number;
  readonly sizeRatio: number | undefined;
  /** Difference of accuracies as fractions, if measured on the same data; below 0 is a loss. */
  readonly fromRoot: number | undefined;
  readonly fromParent: number | undefined;
  readonly speedup: number | undefined;
  /**
   * `front` or `dominated by NAME`: accuracy against the cost that is sorted by, else p50 latency, or size where none was
   * measured; among the same device, batch and data; undefined if one of them is not known.
   */
  readonly pareto: string | undefined;
}

const difference = { unit: 'points', scale: 100, decimals: 2, signed: true } as const;
const columns: readonly Column[] = [
  { key: 'variant', header: 'variant' },
  { key: 'device', header: 'device' },
  { key: 'batch', header: 'batch' },
  { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
  { key: 'sizeRatio', header: 'size', unit: '× root', decimals: 2 },
  metricColumn('parameters'),
  metricColumn('macs'),
  metricColumn('accuracy'),
  { key: 'data', header: 'tested on' },
  { key: 'fromRoot', header: 'vs root', ...difference },
  { key: 'fromParent', header: 'vs parent', ...difference },
  metricColumn('latencyP50'),
  metricColumn('latencyP95'),
  { key: 'speedup', header: 'speed', unit: '× root', decimals: 2 },
  metricColumn('throughput'),
  metricColumn('peakMemory'),
  metricColumn('power'),
  metricColumn('energy'),
  { key: 'pareto', header: 'Pareto' },
];
/** Conditions under which latencies cannot be compared if they differ. */
const decisive = ['threads', 'provider', 'runtime', 'cpu'];

export interface CompareOptions {
  /** Default: all of the ledger. */
  readonly variants?: readonly Variant[];
  /** A column to sort by, by its key or header: best first where that is known, else smallest first. */
  readonly sort?: string;
}

/** A table of variants: size, work, accuracy, speed, each against the variant it all began with. */
export function compare(ledger: Ledger, options: CompareOptions = {}): Report<ComparisonRow> {
  const { variants = ledger.variants(), sort } = options;
  const all = allMeasured(ledger, variants);
  const measurements = ledger.measurements();
  const places = groups(all, ({ device, batch }) => [device, batch]);
  const shown = [...columns, ...freeColumns(all)];
  const key = sort === undefined ? undefined : sortKey(sort, shown);
  const cost = key !== undefined && isCost(key) ? costOf(key) : commonCost(all);
  const front = standingOnFront(all, cost);
  const rows = all.map((entry) => rowOf(entry, { measurements, front }));
  return new Report({
    title: `${variants.length} variants${commonPlace(all)}`,
    columns: withCost(shown, cost).filter(({ key }) => isTelling(key, rows)),
    rows: key === undefined ? rows : sorted(rows, key),
    warnings: [...places.flatMap(unequalConditions), ...unequalData(all), ...ledger.warnings()],
  });
}

/** Latency, or the size where none was measured yet. */
const commonCost = (all: readonly Measured[]): Cost =>
  all.some((entry) => costValue(entry, latency) !== undefined) ? latency : costOf('bytes');

/** The column that is compared by is there, and the front's says what it is of. */
function withCost(shown: readonly Column[], { key }: Cost): Column[] {
  const isThere = shown.some((column) => column.key === key);
  const name = key === 'bytes' ? 'size' : metricColumn(key).header;
  const front = key === latency.key ? 'Pareto' : `Pareto: accuracy against ${name}`;
  return [
    ...shown.filter((column) => column.key !== 'pareto'),
    ...(isThere ? [] : [metricColumn(key)]),
    { key: 'pareto', header: front },
  ];
}

/** Quantities of which more is better. */
const moreIsBetter = ['accuracy', 'throughput', 'speedup', 'fromRoot', 'fromParent'];

function sorted(rows: ComparisonRow[], key: string): ComparisonRow[] {
  const direction = moreIsBetter.includes(key) ? -1 : 1;
  const unknownLast = (row: ComparisonRow): number => (row[key] === undefined ? 1 : 0);
  return rows.toSorted((a, b) => {
    const [x, y] = [a[key], b[key]];
    if (typeof x === 'number' && typeof y === 'number') return direction * (x - y);
    return unknownLast(a) - unknownLast(b) || String(x).localeCompare(String(y));
  });
}

/** Words that mean a column of another name, whatever metric is called so. */
const aliases = [
  ['latency', 'latencyP50'],
  ['size', 'bytes'],
  ['speed', 'speedup'],
] as const;

/** The row's field that a user means by the key or header of a column or known metric, or `latency` and `size`. */
function sortKey(sort: string, shown: readonly Column[]): string {
  const wanted = sort.toLowerCase();
  const names = new Map<string, string>();
  for (const { key, header } of [...shown, ...Object.keys(knownMetrics).map(metricColumn)]) {
    if (!names.has(header.toLowerCase())) names.set(header.toLowerCase(), key);
    names.set(key.toLowerCase(), key);
  }
  for (const [name, key] of aliases) names.set(name, key);
  const found = names.get(wanted);
  if (found) return found;
  throw UsageError.unknown('column', sort, names.keys());
}

interface Surroundings {
  readonly measurements: readonly StoredMeasurement[];
  readonly front: ReadonlyMap<Measured, string>;
}

function rowOf(entry: Measured, { measurements, front }: Surroundings): ComparisonRow {
  const { variant, device, batch, data, metrics } = entry;
  const { accuracy, latencyP50 } = metrics;
  const change = (from: Baseline | undefined): number | undefined =>
    from?.data === data ? minus(accuracy, from?.metrics.accuracy) : undefined;
  const lineage = variant.lineage();
  const root = baseline(lineage[0]!, entry, measurements);
  const parent = lineage.length > 2 ? baseline(lineage.at(-2)!, entry, measurements) : undefined;
  return {
    ...metrics,
    variant: variant.name,
    device,
    batch,
    data: accuracy === undefined ? undefined : data,
    bytes: variant.bytes,
    sizeRatio: ratio(variant.bytes, root.bytes),
    fromRoot: lineage.length > 1 ? change(root) : undefined,
    fromParent: change(parent),
    speedup: ratio(root.metrics.latencyP50, latencyP50),
    pareto: front.get(entry),
  };
}

type Baseline = Pick<Measured, 'metrics' | 'data'> & { readonly bytes: number };

/** What is known of an ancestor at the place of `entry`; without a measurement there, what the ledger has of it. */
function baseline(ancestor: Variant, entry: Measured, measurements: readonly StoredMeasurement[]): Baseline {
  const same = measuredOf(ancestor, measurements).find(
    ({ device, batch }) => device === entry.device && batch === entry.batch,
  );
  const { metrics, data } = same ?? { metrics: ancestor.metrics, data: ancestor.tested };
  return { bytes: ancestor.bytes, metrics, data };
}

const minus = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b;

const ratio = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined || b === 0 ? undefined : a / b;

/** Measured entries that have the same key: those may be compared. */
function groups(all: readonly Measured[], keyOf: (entry: Measured) => unknown): Measured[][] {
  const byPlace = new Map<string, Measured[]>();
  for (const entry of all) {
    if (entry.device === undefined) continue;
    const key = JSON.stringify(keyOf(entry));
    byPlace.set(key, [...(byPlace.get(key) ?? []), entry]);
  }
  return [...byPlace.values()];
}

function unequalConditions(group: readonly Measured[]): string[] {
  return decisive.flatMap((key) => {
    const found = new Map(
      group.flatMap(({ variant, conditions }) =>
        conditions[key] === undefined ? [] : [[conditions[key], variant.name] as const],
      ),
    );
    if (found.size < 2) return [];
    const list = [...found].map(([value, name]) => `${value} (${name})`).join(', ');
    return [`Latencies on ${group[0]!.device} were measured with different ${key}: ${list}`];
  });
}

function unequalData(all: readonly Measured[]): string[] {
  const tested = all.filter(({ metrics }) => metrics.accuracy !== undefined);
  const found = new Map(tested.map(({ data, variant }) => [data ?? 'unknown data', variant.name]));
  if (found.size < 2) return [];
  const list = [...found].map(([data, name]) => `${data} (${name})`).join(', ');
  return [`Accuracies were measured on different data, and are compared among equal data only: ${list}`];
}

/** Device and batch, if they are the same for all that was measured. */
function commonPlace(all: readonly Measured[]): string {
  const unique = (values: readonly unknown[]) => [...new Set(values.filter((value) => value !== undefined))];
  const devices = unique(all.map(({ device }) => device));
  const batches = unique(all.map(({ batch }) => batch));
  const on = devices.length === 1 ? ` on ${devices[0]}` : '';
  return `${on}${batches.length === 1 ? `, batch ${batches[0]}` : ''}`;
}

/** Metrics that are not known to the workbench show under their own names. */
function freeColumns(all: readonly Measured[]): Column[] {
  const names = new Set(all.flatMap(({ metrics }) => Object.keys(metrics)));
  return [...names].filter((name) => !(name in knownMetrics)).map(metricColumn);
}

/** Empty columns tell nothing, nor do device, batch and test data if all rows share them. */
function isTelling(key: string, rows: readonly ComparisonRow[]): boolean {
  const values = new Set(rows.map((row) => row[key]).filter((value) => value !== undefined));
  return ['device', 'batch', 'data'].includes(key) ? values.size > 1 : values.size > 0;
}
