import type { Column } from '../report.ts';

/** What a budget may limit, as it is read, judged and shown. */
export interface Quantity {
  readonly name: string;
  readonly summary: string;
  /** Which side of the limit is good. */
  readonly good: 'below' | 'above';
  /** Factors to the unit that is kept (ms, bytes, a fraction, a count), by how a user writes the unit. */
  readonly units: Readonly<Record<string, number>>;
  /** A share is one of the original model's value. */
  readonly isRelative: boolean;
  /** Differs from device to device. */
  readonly isOfDevice: boolean;
  readonly example: string;
  readonly column: Omit<Column, 'key'>;
}

const bytes = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const counts = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };
const points = { '%': 0.01, points: 0.01, point: 0.01, pt: 0.01, pts: 0.01 };
const ofModel = { good: 'below', isRelative: true, isOfDevice: false } as const;
const ofAccuracy = { isRelative: false, isOfDevice: false } as const;

/** Everything a budget may limit. */
export const quantities: readonly Quantity[] = [
  {
    ...{ ...ofModel, name: 'latency', summary: 'median time of one call', isOfDevice: true },
    units: { us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3 },
    example: 'latency<5ms@local',
    column: { header: 'p50', unit: 'ms', significant: 3 },
  },
  {
    ...{ ...ofModel, name: 'size', summary: 'bytes of the ONNX file', units: bytes, example: 'size<500kB' },
    column: { header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
  },
  {
    ...{ ...ofAccuracy, name: 'drop', summary: "accuracy lost against the original's", good: 'below' },
    ...{ units: points, example: 'drop<1%' },
    column: { header: 'drop', unit: 'points', scale: 100, decimals: 2 },
  },
  {
    ...{ ...ofAccuracy, name: 'accuracy', summary: 'share of the samples that are right', good: 'above' },
    ...{ units: { '%': 0.01, '': 1 }, example: 'accuracy>97%' },
    column: { header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
  },
  {
    ...{ ...ofModel, name: 'macs', summary: 'multiply-accumulates for one sample', units: counts },
    ...{ example: 'macs<1.5M', column: { header: 'MACs', unit: 'M', scale: 1e-6, significant: 3 } },
  },
  {
    ...{
      ...ofModel,
      name: 'params',
      summary: 'numbers in the weights',
      units: counts,
      example: 'params<50k',
    },
    column: { header: 'params' },
  },
  {
    ...{ ...ofModel, name: 'memory', summary: 'peak memory of the process that runs it', isOfDevice: true },
    ...{ units: bytes, example: 'memory<80MB' },
    column: { header: 'memory', unit: 'MB', scale: 1e-6, decimals: 1 },
  },
];
