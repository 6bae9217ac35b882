import { UsageError } from '../errors.ts';
import { Report } from '../report.ts';
import { type BenchReport, columns, metricsOf } from './bench-report.ts';

export interface NamedResult {
  readonly name: string;
  readonly report: BenchReport;
  /** 0..1 */
  readonly accuracy?: number;
  /** What the reader must know before trusting the row. */
  readonly warnings?: readonly string[];
}

/** Several models side by side, a row each. The figures by name (`p95`, `throughput`, ...) are those of the first. */
export class BenchTable extends Report {
  readonly results: readonly NamedResult[];

  /** Throws UsageError if there is no result. */
  constructor(results: readonly NamedResult[]) {
    if (results.length === 0) throw new UsageError('A table of measurements needs one at least, got none');
    const conditions = new Set(results.map(({ report }) => report.title.replace(/, \d+ runs$/, '')));
    super({
      title: `Measured on ${[...conditions].join('; ')}`,
      columns: [
        { key: 'variant', header: 'variant' },
        { key: 'accuracy', header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
        ...columns,
        { key: 'runs', header: 'runs' },
      ],
      rows: results.map(({ name, report, accuracy }) => ({
        variant: name,
        accuracy,
        ...metricsOf(report),
        runs: report.conditions.runs,
      })),
      warnings: results.flatMap(({ name, warnings = [] }) => warnings.map((text) => `${name}: ${text}`)),
    });
    this.results = results;
  }

  /** What was measured of one model. Throws UsageError for a name that is not in the table. */
  of(name: string): BenchReport {
    const found = this.results.find((result) => result.name === name);
    if (found) return found.report;
    throw UsageError.unknown(
      'model',
      name,
      this.results.map((result) => result.name),
    );
  }

  /** Mean latency of a run, in ms. */
  get mean(): number {
    return this.#first.report.latency.mean;
  }

  /** Median latency of a run, in ms. */
  get p50(): number {
    return this.#first.report.latency.p50;
  }

  /** Latency that 90 % of the runs stay below, in ms. */
  get p90(): number {
    return this.#first.report.latency.p90;
  }

  /** Latency that 95 % of the runs stay below, in ms. */
  get p95(): number {
    return this.#first.report.latency.p95;
  }

  /** Latency that 99 % of the runs stay below, in ms. */
  get p99(): number {
    return this.#first.report.latency.p99;
  }

  /** Samples per second. */
  get throughput(): number {
    return this.#first.report.throughput;
  }

  /** Share of the test split that was classified right, 0..1; undefined if there was no data set. */
  get accuracy(): number | undefined {
    return this.#first.accuracy;
  }

  get #first(): NamedResult {
    return this.results[0]!;
  }
}
