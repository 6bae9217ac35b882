import { UsageError } from '../errors.ts';
import { paretoFigure } from '../plot/pareto.ts';
import { formatCell } from '../report/cell.ts';
import { type Cost, costOf, costValue, isCost, latency } from './dominance.ts';
import type { Ledger } from './ledger.ts';
import { allMeasured, type Measured } from './measured.ts';
import { knownMetrics, metricColumn } from './metrics.ts';
import { ParetoPlot } from './pareto-plot.ts';
import type { Json } from './record.ts';
import type { Variant } from './variant.ts';

export interface ParetoOfOptions {
  /** Default: all that have measured any of the variants. */
  readonly devices?: readonly string[];
  /** What accuracy is set against: `latency` (default), `size`, `macs`, `parameters`, or another known metric. */
  readonly against?: string;
}

/**
 * Accuracy in % of variants (default: all of the ledger) against p50 latency in ms or another cost, with one front per
 * device, batch and test data. Throws UsageError if no variant has both, or for a device that has measured none.
 */
export function paretoOf(
  ledger: Ledger,
  variants: readonly Variant[] = ledger.variants(),
  { devices, against }: ParetoOfOptions = {},
): ParetoPlot {
  const cost = against === undefined ? latency : chosenCost(against);
  const all = placed(allMeasured(ledger, variants), { devices, cost });
  const isComplete = (entry: Measured): boolean =>
    entry.metrics.accuracy !== undefined && costValue(entry, cost) !== undefined;
  const complete = all.filter(isComplete);
  const axis = axisOf(cost);
  const places = new Set(complete.map((entry) => placeOf(entry, { all, complete, cost })));
  if (places.size === 0)
    throw new UsageError(
      `A Pareto figure needs accuracy and ${axis.title.toLowerCase()} of at least one variant, no variant has both. Run %bench first.`,
    );
  const points = all.map((entry) => ({
    name: entry.variant.name,
    x: scaled(costValue(entry, cost), axis.scale),
    y: entry.metrics.accuracy === undefined ? undefined : entry.metrics.accuracy * 100,
    ...(places.size > 1 && { group: placeOf(entry, { all, complete, cost }) }),
    hover: hoverOf(entry),
    id: entry.variant.id,
  }));
  const what = `Accuracy against ${axis.title.replace(/ p50$/, '').toLowerCase().replace('macs', 'MACs')}`;
  const [only] = places;
  const figure = paretoFigure(points, {
    title: places.size > 1 || only === '' ? what : `${what} on ${only}`,
    x: { title: axis.title, ...(axis.unit !== undefined && { unit: axis.unit }) },
    y: { title: 'Accuracy', unit: '%' },
  });
  return new ParetoPlot(figure, variants);
}

const scaled = (value: number | undefined, scale: number): number | undefined =>
  value === undefined ? undefined : value * scale;

/** The cost that a user means. Throws UsageError for a name that is none. */
function chosenCost(name: string): Cost {
  const names = new Map([
    ['latency', 'latencyP50'],
    ['size', 'bytes'],
    ['params', 'parameters'],
    ['memory', 'peakMemory'],
    ...Object.keys(knownMetrics)
      .filter((key) => key !== 'size' && isCost(key))
      .map((key) => [key.toLowerCase(), key] as const),
  ]);
  const key = names.get(name.toLowerCase());
  if (key !== undefined) return costOf(key);
  throw UsageError.unknown('quantity to set accuracy against', name, names.keys());
}

/** Title, unit and factor of the axis. */
function axisOf({ key }: Cost): { title: string; unit: string | undefined; scale: number } {
  if (key === 'bytes') return { title: 'Size', unit: 'kB', scale: 1e-3 };
  const { header, unit, scale = 1 } = metricColumn(key);
  const title = key.startsWith('latency') ? `Latency ${header}` : header;
  return { title: `${title[0]!.toUpperCase()}${title.slice(1)}`, unit, scale };
}

/** The entries of the devices; where the cost is the model's own, one of each variant. */
function placed(
  all: readonly Measured[],
  { devices, cost }: { devices: readonly string[] | undefined; cost: Cost },
): readonly Measured[] {
  const known = [...new Set(all.flatMap(({ device }) => device ?? []))];
  const isOf = (wanted: string) => (device: string | undefined) =>
    device === wanted || device?.startsWith(`${wanted} (`) === true;
  const missing = devices?.find((device) => !known.some(isOf(device)));
  if (missing !== undefined)
    throw UsageError.unknown('device with measurements of these variants', missing, ['all', ...known]);
  const chosen = devices
    ? all.filter(({ device }) => device === undefined || devices.some((wanted) => isOf(wanted)(device)))
    : all;
  if (!cost.isOfModel) return chosen;
  return [...Map.groupBy(chosen, ({ variant }) => variant).values()].map(
    (entries) => entries.find(({ metrics }) => metrics.accuracy !== undefined) ?? entries[0]!,
  );
}

interface Surroundings {
  readonly all: readonly Measured[];
  /** Those that are drawn. */
  readonly complete: readonly Measured[];
  readonly cost: Cost;
}

/** The device, and batch and test data where more than one was measured. */
function placeOf({ device, batch, data }: Measured, { all, complete, cost }: Surroundings): string {
  const batches = new Set(all.flatMap((entry) => entry.batch ?? []));
  const tests = new Set(complete.map((entry) => entry.data));
  const name = cost.isOfModel ? '' : (device ?? 'not measured');
  const place = !cost.isOfModel && batches.size > 1 && batch !== undefined ? `${name}, batch ${batch}` : name;
  return tests.size > 1 ? [place, data ?? 'unknown data'].filter(Boolean).join(', ') : place;
}

function hoverOf({ variant, metrics }: Measured): string {
  const values = { ...metrics, bytes: variant.bytes };
  const shown = ['accuracy', 'latencyP50', 'latencyP95', 'parameters', 'macs'].map(metricColumn);
  const lines = [...shown, { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 }].flatMap(
    (column) => {
      const value = values[column.key as keyof typeof values];
      return value === undefined
        ? []
        : [`${column.header}: ${formatCell(value, column)} ${column.unit ?? ''}`.trim()];
    },
  );
  const lineage = variant.lineage();
  const steps = lineage.map(({ step }) => step).join(' → ');
  return [variant.name, steps, ...lineage.flatMap(optionsLine), ...lines].join('\n');
}

const widest = 64;

/** `quantize: int8, samples 512`, cut where it would not fit beside the point; none for a step without options. */
function optionsLine({ step, options }: Variant): string[] {
  const words = Object.entries(options).map(([name, value]) =>
    value === true ? name : `${name} ${asText(value)}`,
  );
  if (words.length === 0) return [];
  const line = `${step}: ${words.join(', ')}`;
  return [line.length > widest ? `${line.slice(0, widest - 1)}…` : line];
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
