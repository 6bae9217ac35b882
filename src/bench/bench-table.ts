import { UsageError } from '../errors.ts';
import { Report } from '../report.ts';
import { type BenchReport, rowOf, shownColumns } from './bench-report.ts';

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
    const rows = results.map(({ name, report, accuracy }) => ({
      variant: name,
      device: report.device,
      accuracy,
      ...rowOf(report),
      runs: report.conditions.runs,
    }));
    const several = new Set(results.map(({ report }) => report.device)).size > 1;
    super({
      title: `Measured on ${[...conditions].join('; ')}`,
      columns: [
        { key: 'variant', header: 'variant' },
        ...(several ? [{ key: 'device', header: 'device' }] : []),
        { key: 'accuracy', header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
        ...shownColumns(rows),
        { key: 'runs', header: 'runs' },
      ],
      rows,
      warnings: results.flatMap(({ name, report, warnings = [] }) =>
        [...warnings, ...report.warnings].map((text) => `${name}: ${text}`),
      ),
    });
    this.results = results;
  }

  /** What was measured of one model, on the first device or a given one. Throws UsageError for a name that is not in the table. */
  of(name: string, device?: string): BenchReport {
    const named = this.results.filter((result) => result.name === name);
    if (named.length > 0 && device !== undefined) {
      const there = named.find(({ report }) => report.device === device);
      if (there) return there.report;
      throw UsageError.unknown(
        'device',
        device,
        named.map(({ report }) => report.device),
      );
    }
    const found = named[0];
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
