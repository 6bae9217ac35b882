import { UsageError } from '../errors.ts';
import { paretoFigure } from '../plot/pareto.ts';
import { formatCell } from '../report/cell.ts';
import type { Ledger } from './ledger.ts';
import { allMeasured, type Measured } from './measured.ts';
import { metricColumn } from './metrics.ts';
import { ParetoPlot } from './pareto-plot.ts';
import type { Variant } from './variant.ts';

/**
 * Accuracy in % against p50 latency in ms of variants (default: all of the ledger), with one front per device, batch and test data.
 * Throws UsageError if no variant has both.
 */
export function paretoOf(ledger: Ledger, variants: readonly Variant[] = ledger.variants()): ParetoPlot {
  const all = allMeasured(ledger, variants);
  const places = new Set(all.filter(isComplete).map((entry) => placeOf(entry, all)));
  if (places.size === 0) {
    throw new UsageError(
      'A Pareto figure needs accuracy and latency of at least one variant, no variant has both. Run %bench first.',
    );
  }
  const points = all.map((entry) => ({
    name: entry.variant.name,
    x: entry.metrics.latencyP50,
    y: entry.metrics.accuracy === undefined ? undefined : entry.metrics.accuracy * 100,
    ...(places.size > 1 && { group: placeOf(entry, all) }),
    hover: hoverOf(entry),
    id: entry.variant.id,
  }));
  const figure = paretoFigure(points, {
    title: places.size > 1 ? 'Accuracy against latency' : `Accuracy against latency on ${[...places][0]}`,
    x: { title: 'Latency p50', unit: 'ms' },
    y: { title: 'Accuracy', unit: '%' },
  });
  return new ParetoPlot(figure, variants);
}

const isComplete = ({ metrics }: Measured): boolean =>
  metrics.accuracy !== undefined && metrics.latencyP50 !== undefined;

/** The device, and batch and test data where more than one was measured. */
function placeOf({ device, batch, data }: Measured, all: readonly Measured[]): string {
  const batches = new Set(all.flatMap((entry) => entry.batch ?? []));
  const tests = new Set(all.filter(isComplete).map((entry) => entry.data));
  const name = device ?? 'not measured';
  const place = batches.size > 1 && batch !== undefined ? `${name}, batch ${batch}` : name;
  return tests.size > 1 ? `${place}, ${data ?? 'unknown data'}` : place;
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
  return [variant.name, recipe(variant), ...lines].join('\n');
}

/** `train → quantize`, the steps that led to the variant. */
const recipe = (variant: Variant): string =>
  variant
    .lineage()
    .map(({ step }) => step)
    .join(' → ');
