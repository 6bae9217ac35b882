import type { Column, Row } from '../report.ts';
import type { Footprint } from './footprint.ts';

/** ms of one run before and after, measured in the same way. */
export interface Latencies {
  readonly before: number;
  readonly after: number;
  /** What was measured on. */
  readonly where?: string;
}

/** What was there before and after. */
export interface Compared {
  readonly before: Footprint;
  readonly after: Footprint;
  /** Where it was measured. */
  readonly latency?: Latencies | undefined;
}

export const footprintColumns: readonly Column[] = [
  { key: 'what', header: '' },
  { key: 'from', header: 'before' },
  { key: 'to', header: 'after' },
  { key: 'ratio', header: 'after / before', decimals: 3 },
];

/** Work, weights, size and measured time of a model before and after, side by side. */
export function footprintRows({ before, after, latency }: Compared): Row[] {
  const row = (what: string, from: number, to: number): Row => ({ what, from, to, ratio: to / from });
  const scaled = (what: string, key: keyof Footprint) => row(what, before[key] / 1000, after[key] / 1000);
  return [
    scaled('MACs of a sample, thousands', 'macs'),
    scaled('weights, thousands', 'parameters'),
    scaled('weights that are not 0, thousands', 'nonzero'),
    scaled('file, kB', 'bytes'),
    scaled('file zipped, kB', 'zipped'),
    scaled('file with sparse weights, kB', 'sparse'),
    ...(latency ? [row('time of a run, measured, ms', latency.before, latency.after)] : []),
  ];
}
