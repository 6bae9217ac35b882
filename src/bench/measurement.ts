/** One measured point as the ledger keeps it: flat, so that any two can be compared and plotted. */
export interface Measurement {
  readonly device: string;
  /** Samples in one run. */
  readonly batch: number;
  /**
   * `latency*` in ms, `throughput` in samples/s, `size`, `peakMemory` and `memoryRise` in bytes, `cpuUse` in cores,
   * `accuracy` 0..1, `parameters` and `macs` counted. What is not known is left out.
   */
  readonly metrics: Readonly<Record<string, number>>;
  /** ISO 8601. */
  readonly at: string;
  /** What else a fair comparison has to hold equal. */
  readonly conditions: Readonly<Record<string, string | number>>;
}
