import { Report, type Row } from '../report.ts';
import type { Footprint } from './footprint.ts';

/** What was there before and after, with what it is measured in. */
export interface Compared {
  readonly before: Footprint;
  readonly after: Footprint;
  /** ms of one run, where it was measured. */
  readonly latency?: { readonly before: number; readonly after: number } | undefined;
}

/** MACs, parameters, size and measured time of a model before and after, side by side. */
export function footprintTable({ before, after, latency }: Compared): Report {
  const row = (what: string, from: number, to: number): Row => ({ what, from, to, ratio: to / from });
  const size = (what: string, key: keyof Footprint, scale: number) =>
    row(what, scale * before[key], scale * after[key]);
  return new Report({
    title: 'Before and after',
    columns: [
      { key: 'what', header: '' },
      { key: 'from', header: 'before' },
      { key: 'to', header: 'after' },
      { key: 'ratio', header: 'after / before', decimals: 3 },
    ],
    rows: [
      size('MACs of a sample, thousands', 'macs', 1e-3),
      size('parameters, thousands', 'parameters', 1e-3),
      size('file, kB', 'bytes', 1e-3),
      size('zipped, kB', 'zipped', 1e-3),
      ...(latency ? [row('measured time of a run, ms', latency.before, latency.after)] : []),
    ],
  });
}
