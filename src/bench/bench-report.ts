import type { Measurement } from '../ledger/index.ts';
import { type Column, Report, type Row } from '../report.ts';
import type { Evaluation } from './evaluation.ts';
import type { Span } from './runner-protocol.ts';
import type { Summary } from './statistics.ts';
import {
  type Surroundings,
  surroundingColumns,
  surroundingMetrics,
  surroundingWords,
} from './surroundings.ts';

/** What was measured on one device at one batch size. */
export interface BenchResult {
  readonly device: string;
  readonly batch: number;
  /** Milliseconds of one run, which takes `batch` samples. */
  readonly latency: Summary;
  /** Bytes of the model file, and of the files that it keeps data in. */
  readonly size: number;
  readonly parameters: number | undefined;
  readonly macs: number | undefined;
  /** Bytes that a process held at most while it loaded and ran the model, the runtime itself included. */
  readonly peakMemory: number | undefined;
  /** Bytes of that above what it held before the model was loaded. */
  readonly memoryRise: number | undefined;
  /** Cores kept busy: user and system time over wall time. */
  readonly cpuUse: number | undefined;
  /** Milliseconds of each run that calling and timing it takes, measured on a model that computes nothing. */
  readonly overhead: number | undefined;
  /** When the measured runs were. */
  readonly span?: Span | undefined;
  /** Power, heat and what held the device back, where it was asked. */
  readonly surroundings?: Surroundings;
  /** ISO 8601 time of the end of the measurement. */
  readonly at: string;
  readonly conditions: Readonly<Record<string, string | number>>;
}

const columns: readonly Column[] = [
  { key: 'latencyMean', header: 'mean', unit: 'ms' },
  { key: 'latencyStd', header: 'std', unit: 'ms' },
  { key: 'latencyMin', header: 'min', unit: 'ms' },
  { key: 'latencyP50', header: 'p50', unit: 'ms' },
  { key: 'latencyP90', header: 'p90', unit: 'ms' },
  { key: 'latencyP95', header: 'p95', unit: 'ms' },
  { key: 'latencyP99', header: 'p99', unit: 'ms' },
  { key: 'latencyMax', header: 'max', unit: 'ms' },
  { key: 'throughput', header: 'throughput', unit: 'samples/s', decimals: 0 },
  { key: 'size', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
  { key: 'parameters', header: 'parameters' },
  { key: 'macs', header: 'MACs' },
  { key: 'peakMemory', header: 'peak memory', unit: 'MB', scale: 1e-6, decimals: 1 },
  { key: 'memoryRise', header: 'of that, the model', unit: 'MB', scale: 1e-6, decimals: 1 },
  { key: 'cpuUse', header: 'CPU use', unit: 'cores', decimals: 2 },
  { key: 'overhead', header: 'of mean, harness', unit: 'ms', significant: 2 },
];

/** Of what was measured, these are shown where there are some. */
const optional: ReadonlySet<string> = new Set(['peakMemory', 'memoryRise', 'cpuUse', 'overhead']);

/** The columns of rows, without those that are empty in all. */
export function shownColumns(rows: readonly Row[]): readonly Column[] {
  const has = (key: string): boolean => rows.some((row) => row[key] !== undefined);
  return [...columns, ...surroundingColumns].filter(
    ({ key }, i) => (i < columns.length && !optional.has(key)) || has(key),
  );
}

/** All figures of a result, with what they cover in words. */
export const rowOf = (result: BenchResult): Row => ({
  ...metricsOf(result),
  overhead: result.overhead,
  ...surroundingWords(result.surroundings),
});

/** How fast and how big a model is, as a table of one row. */
export class BenchReport extends Report implements BenchResult {
  readonly device: string;
  readonly batch: number;
  readonly latency: Summary;
  readonly size: number;
  readonly parameters: number | undefined;
  readonly macs: number | undefined;
  readonly peakMemory: number | undefined;
  readonly memoryRise: number | undefined;
  readonly cpuUse: number | undefined;
  readonly overhead: number | undefined;
  readonly span: Span | undefined;
  readonly surroundings: Surroundings | undefined;
  readonly at: string;
  readonly conditions: Readonly<Record<string, string | number>>;

  constructor(init: BenchResult) {
    const { device, batch, conditions } = init;
    super({
      title: `${device}, batch ${batch}: ${titleConditions(conditions)}, ${conditions.runs} runs`,
      columns: shownColumns([rowOf(init)]),
      rows: [rowOf(init)],
      warnings: init.surroundings?.warnings ?? [],
    });
    this.device = init.device;
    this.batch = init.batch;
    this.latency = init.latency;
    this.size = init.size;
    this.parameters = init.parameters;
    this.macs = init.macs;
    this.peakMemory = init.peakMemory;
    this.memoryRise = init.memoryRise;
    this.cpuUse = init.cpuUse;
    this.overhead = init.overhead;
    this.span = init.span;
    this.surroundings = init.surroundings;
    this.at = init.at;
    this.conditions = init.conditions;
  }

  /** Samples per second, one run after the other. */
  get throughput(): number {
    return throughputOf(this);
  }

  /** The record for the ledger; the accuracy (0..1) joins if given, with the data it was measured on. */
  toMeasurement(tested?: Pick<Evaluation, 'accuracy' | 'data'>): Measurement {
    const { device, batch, at, conditions } = this;
    const metrics = { ...(tested && { accuracy: tested.accuracy }), ...metricsOf(this) };
    return {
      device,
      batch,
      metrics,
      at,
      conditions: {
        ...conditions,
        ...(this.overhead !== undefined && { overhead: this.overhead }),
        ...(this.surroundings?.power && { power: this.surroundings.power.covers }),
        ...(tested && { data: tested.data }),
      },
    };
  }
}

const titleConditions = ({ kind, runtime, cpu, threads, soak }: BenchResult['conditions']): string =>
  [
    ...(kind === undefined ? [] : [`${kind}: no timing meaning`]),
    ...[runtime, cpu].filter((word) => word !== undefined),
    ...(threads === undefined ? [] : [`${threads} threads`]),
    ...(soak === undefined ? [] : [`last part of a soak of ${soak}`]),
  ].join(', ');

const throughputOf = ({ batch, latency }: BenchResult): number => (batch * 1000) / latency.mean;

export function metricsOf(result: BenchResult): Record<string, number> {
  const { latency, parameters, macs } = result;
  return {
    latencyMean: latency.mean,
    latencyStd: latency.std,
    latencyMin: latency.min,
    latencyMax: latency.max,
    latencyP50: latency.p50,
    latencyP90: latency.p90,
    latencyP95: latency.p95,
    latencyP99: latency.p99,
    throughput: throughputOf(result),
    size: result.size,
    ...(parameters !== undefined && { parameters }),
    ...(macs !== undefined && { macs }),
    ...(result.peakMemory !== undefined && { peakMemory: result.peakMemory }),
    ...(result.memoryRise !== undefined && { memoryRise: result.memoryRise }),
    ...(result.cpuUse !== undefined && { cpuUse: result.cpuUse }),
    ...surroundingMetrics(result.surroundings, latency.mean),
  };
}
