import type { Measurement } from '../ledger/index.ts';
import { type Column, Report } from '../report.ts';
import type { Evaluation } from './evaluation.ts';
import type { Summary } from './statistics.ts';

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
  readonly peakMemory: number;
  /** Bytes of that above what it held before the model was loaded. */
  readonly memoryRise: number;
  /** Cores kept busy: user and system time over wall time. */
  readonly cpuUse: number;
  /** ISO 8601 time of the end of the measurement. */
  readonly at: string;
  readonly conditions: Readonly<Record<string, string | number>>;
}

export const columns: readonly Column[] = [
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
];

/** How fast and how big a model is, as a table of one row. */
export class BenchReport extends Report implements BenchResult {
  readonly device: string;
  readonly batch: number;
  readonly latency: Summary;
  readonly size: number;
  readonly parameters: number | undefined;
  readonly macs: number | undefined;
  readonly peakMemory: number;
  readonly memoryRise: number;
  readonly cpuUse: number;
  readonly at: string;
  readonly conditions: Readonly<Record<string, string | number>>;

  constructor(init: BenchResult) {
    const { device, batch, conditions } = init;
    super({
      title: `${device}, batch ${batch}: ${conditions.runtime}, ${conditions.cpu}, ${conditions.threads} threads, ${conditions.runs} runs`,
      columns,
      rows: [metricsOf(init)],
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
      conditions: { ...conditions, ...(tested && { data: tested.data }) },
    };
  }
}

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
    peakMemory: result.peakMemory,
    memoryRise: result.memoryRise,
    cpuUse: result.cpuUse,
  };
}
