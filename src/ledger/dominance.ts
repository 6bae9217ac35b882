import { paretoFront } from '../plot/pareto.ts';
import type { Measured } from './measured.ts';
import { knownMetrics } from './metrics.ts';

/** Metrics of which less is not better, or that no model is chosen by. */
const noCosts: ReadonlySet<string> = new Set([
  ...['accuracy', 'throughput', 'cpuUse', 'gpuUse', 'npuUse', 'latencyStd', 'powerIdle'],
  ...['celsiusBefore', 'celsiusAfter'],
]);

/** What accuracy is set against: latency, or another quantity of which less is better. */
export interface Cost {
  /** A metric's name; `bytes` for the size of the file. */
  readonly key: string;
  /** Whether it is the same on every device. */
  readonly isOfModel: boolean;
}

const ofModel = ['bytes', 'size', 'macs', 'parameters'];

export const costOf = (key: string): Cost => ({ key, isOfModel: ofModel.includes(key) });

/** The default. */
export const latency: Cost = costOf('latencyP50');

/** Its value in the unit of `knownMetrics`. */
export const costValue = ({ variant, metrics }: Measured, { key }: Cost): number | undefined =>
  key === 'bytes' || key === 'size' ? variant.bytes : metrics[key];

/** Whether a metric is one of which less is better, so that accuracy can be set against it. */
export const isCost = (key: string): boolean => key === 'bytes' || (key in knownMetrics && !noCosts.has(key));

/** `front`, or the name of a variant that is as accurate or more and takes no more, among equal test data (and device and batch). */
export function standingOnFront(all: readonly Measured[], cost: Cost): Map<Measured, string> {
  const found = new Map<Measured, string>();
  const known = all.filter((entry) => cost.isOfModel || entry.device !== undefined);
  const place = ({ device, batch, data }: Measured) =>
    JSON.stringify(cost.isOfModel ? [data] : [device, batch, data]);
  for (const group of Map.groupBy(known, place).values()) {
    const points = group.map((entry) => ({ entry, x: costValue(entry, cost), y: entry.metrics.accuracy }));
    const front = paretoFront(points);
    for (const { entry, x, y } of points) {
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      const isOn = front.some((point) => point.entry === entry);
      // Of those that beat it the most accurate one: the front rises with x.
      const better = front.findLast((point) => point.x <= x!);
      found.set(entry, isOn ? 'front' : `dominated by ${better!.entry.variant.name}`);
    }
  }
  return found;
}
