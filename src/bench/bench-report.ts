import { type Displayable, displaySymbol, type MimeBundle } from '../report.ts';
import { type Table, tableHtml, tableText } from '../table.ts';
import type { Measurement } from './measurement.ts';
import type { Summary } from './statistics.ts';

/** How fast and how big a model is on one device, at one batch size. */
export class BenchReport implements Displayable {
  readonly device: string;
  readonly batch: number;
  /** Milliseconds of one run, which takes `batch` samples. */
  readonly latency: Summary;
  /** Bytes of the model file. */
  readonly size: number;
  readonly parameters: number | undefined;
  readonly macs: number | undefined;
  /** Bytes that a process held at most while it loaded and ran the model, the runtime itself included. */
  readonly peakMemory: number;
  /** Bytes of that above what it held before the model was loaded. */
  readonly memoryRise: number;
  /** Cores kept busy: user and system time over wall time. */
  readonly cpuUse: number;
  readonly at: string;
  readonly conditions: Readonly<Record<string, string | number>>;

  constructor(init: Omit<BenchReport, 'throughput' | 'toMeasurement' | typeof displaySymbol>) {
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
    return (this.batch * 1000) / this.latency.mean;
  }

  /** The record for the ledger; `accuracy` (0..1) joins if given. */
  toMeasurement(accuracy?: number): Measurement {
    const { device, batch, at, conditions, latency } = this;
    const metrics = {
      ...(accuracy !== undefined && { accuracy }),
      latencyMean: latency.mean,
      latencyStd: latency.std,
      latencyMin: latency.min,
      latencyMax: latency.max,
      latencyP50: latency.p50,
      latencyP90: latency.p90,
      latencyP95: latency.p95,
      latencyP99: latency.p99,
      throughput: this.throughput,
      size: this.size,
      ...(this.parameters !== undefined && { parameters: this.parameters }),
      ...(this.macs !== undefined && { macs: this.macs }),
      peakMemory: this.peakMemory,
      memoryRise: this.memoryRise,
      cpuUse: this.cpuUse,
    };
    return { device, batch, metrics, at, conditions };
  }

  [displaySymbol](): MimeBundle {
    const table = this.#table();
    return { 'text/plain': tableText(table), 'text/html': tableHtml(table) };
  }

  #table(): Table {
    const { latency } = this;
    const count = (n: number | undefined) => (n === undefined ? 'not known' : n.toLocaleString('en-US'));
    const ms = (n: number) => `${n.toPrecision(3)} ms`;
    const mb = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
    return {
      columns: ['measured', `${this.device}, batch ${this.batch}`],
      rows: [
        ['latency mean ± std', `${ms(latency.mean)} ± ${ms(latency.std)}`],
        ['latency p50, p90', `${ms(latency.p50)}, ${ms(latency.p90)}`],
        ['latency p95, p99', `${ms(latency.p95)}, ${ms(latency.p99)}`],
        ['latency min, max', `${ms(latency.min)}, ${ms(latency.max)}`],
        ['throughput', `${Math.round(this.throughput).toLocaleString('en-US')} samples/s`],
        ['model size', mb(this.size)],
        ['parameters', count(this.parameters)],
        ['MACs', count(this.macs)],
        ['peak memory', `${mb(this.peakMemory)} (rise ${mb(this.memoryRise)})`],
        ['CPU use', `${this.cpuUse.toFixed(2)} cores`],
        ...Object.entries(this.conditions).map(([name, value]) => [name, value] as const),
      ],
    };
  }
}
