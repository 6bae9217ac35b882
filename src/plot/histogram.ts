import { type Axis, Figure } from './figure.ts';
import { niceStep } from './scale.ts';

export interface HistogramOptions {
  readonly title: string;
  /** What the values are. */
  readonly value: Axis;
  /** About how many bins; their edges are round numbers. Default 40. */
  readonly bins?: number;
  /** Name of the series. Default: the value axis' title. */
  readonly name?: string;
}

/** How often values fall into bins of equal width: weights, activations, latencies. */
export function histogramFigure(values: Iterable<number>, options: HistogramOptions): Figure {
  const { title, value, bins = 40, name = value.title } = options;
  const all = values instanceof Float32Array ? values : Float64Array.from(values);
  const finite = all.filter(Number.isFinite);
  const lost = all.length - finite.length;
  return new Figure({
    title,
    x: value,
    y: { title: 'Count' },
    marks: [{ kind: 'histogram', name, bins: binsOf(finite, bins) }],
    notes: lost > 0 ? [`${lost} of ${all.length} values are not finite and were left out`] : [],
  });
}

/** Bins over all values; the last one is closed at both ends. */
function binsOf(
  values: Float32Array | Float64Array,
  wanted: number,
): { from: number; to: number; count: number }[] {
  if (values.length === 0) return [];
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const step = niceStep((high - low || Math.abs(high) || 1) / wanted);
  const first = Math.floor(low / step);
  const counts = new Array<number>(Math.max(1, Math.ceil(high / step - 1e-9) - first)).fill(0);
  for (const value of values) {
    const bin = Math.min(Math.floor(value / step) - first, counts.length - 1);
    counts[bin]! += 1;
  }
  const edge = (index: number) => Number(((first + index) * step).toPrecision(12));
  return counts.map((count, i) => ({ from: edge(i), to: edge(i + 1), count }));
}
