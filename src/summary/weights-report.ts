import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { FigureGrid, histogramFigure } from '../plot/index.ts';
import { modelWeights, type Weight } from '../quantize/index.ts';
import { type Column, Report } from '../report.ts';
import { weightStatistics } from './weight-statistics.ts';

export interface WeightsOptions {
  /** Default: the graph's. */
  readonly name?: string;
  /** Only weights whose name has this in it; `*` stands for anything, and then the whole name must fit. */
  readonly pattern?: string;
}

/** Histograms of more could not be looked at. */
const mostPanels = 24;
/** A histogram of fewer numbers says nothing. */
const leastNumbers = 32;

/**
 * The weights of a model as it computes with them: count, range, mean, deviation and part of zeros of each, and a histogram
 * of each of the first 24 with 32 numbers or more that are not all alike. Throws UsageError if no weight has such a name.
 */
export function weightsReport(
  model: Model,
  { name = model.graph.name, pattern }: WeightsOptions = {},
): Report {
  const all = modelWeights(model);
  const weights = pattern === undefined ? all : all.filter(matches(pattern));
  if (weights.length === 0)
    throw pattern === undefined
      ? new UsageError(`${name} has no weights: no float32 or quantized constants of more than one number`)
      : UsageError.unknown(
          `weight of ${name}`,
          pattern,
          all.map((weight) => weight.name),
        );
  const rows = weights.map((weight) => ({
    weight: weight.name,
    stored: weight.dtype,
    ...weightStatistics(weight.values),
  }));
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const zeros = rows.reduce((sum, row) => sum + (row.sparsity || 0) * row.count, 0);
  const broken = rows.filter(({ notFinite }) => notFinite > 0);
  return new Report({
    title: `Weights of ${name}: ${weights.length} tensors, ${count.toLocaleString('en-US')} numbers, ${((100 * zeros) / count).toFixed(1)} % zeros`,
    columns,
    rows,
    charts: histograms(weights, name),
    warnings: broken.map(
      (row) => `${row.notFinite} of ${row.count} numbers of '${row.weight}' are not finite`,
    ),
  });
}

const columns: readonly Column[] = [
  { key: 'weight', header: 'weight' },
  { key: 'stored', header: 'stored as' },
  { key: 'count', header: 'numbers' },
  { key: 'min', header: 'min', significant: 3 },
  { key: 'max', header: 'max', significant: 3 },
  { key: 'mean', header: 'mean', significant: 3 },
  { key: 'std', header: 'std', significant: 3 },
  { key: 'sparsity', header: 'zeros', unit: '%', scale: 100, decimals: 1, bar: 1 },
];

/** `conv` is in the name; `conv*.weight` is all of it. */
function matches(pattern: string): (weight: Weight) => boolean {
  if (!pattern.includes('*')) return ({ name }) => name.includes(pattern);
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`^${parts.join('.*')}$`, 's');
  return ({ name }) => whole.test(name);
}

/** Whether there are two different numbers: fresh biases and scales are all alike. */
const varies = (values: Float32Array): boolean => values.some((value) => value !== values[0]);

function histograms(weights: readonly Weight[], name: string): FigureGrid[] {
  const large = weights.filter(({ values }) => values.length >= leastNumbers && varies(values));
  const shown = large.slice(0, mostPanels);
  if (shown.length === 0) return [];
  const left = large.length - shown.length;
  return [
    new FigureGrid({
      title: `Weights of ${name}`,
      figures: shown.map((weight) =>
        histogramFigure(weight.values, {
          title: weight.name,
          value: { title: '' },
          bins: 40,
          name: weight.name,
        }),
      ),
      ...(left > 0 && {
        notes: [`${left} more weights are in the table only: name a pattern to see others`],
      }),
    }),
  ];
}
