import type { Column } from '../report.ts';

/** How a metric is stored and shown. */
export interface Metric extends Omit<Column, 'key'> {
  /** Depends on how many samples a call takes: compared at the same batch only. */
  readonly perBatch?: boolean;
}

/**
 * The metrics that the workbench knows. Stored units: `accuracy` a fraction, latencies in milliseconds per call,
 * `throughput` in samples per second, `peakMemory` in bytes,
 * `power` in watts, `energy` in joules per call.
 */
export const knownMetrics: Readonly<Record<string, Metric>> = {
  accuracy: { header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
  parameters: { header: 'params' },
  macs: { header: 'MACs', unit: 'M', scale: 1e-6 },
  latencyP50: { header: 'p50', unit: 'ms', significant: 3, perBatch: true },
  latencyP95: { header: 'p95', unit: 'ms', significant: 3, perBatch: true },
  throughput: { header: 'rate', unit: '1/s', decimals: 0, perBatch: true },
  peakMemory: { header: 'memory', unit: 'MB', scale: 1e-6, decimals: 1, perBatch: true },
  latencyMean: { header: 'mean', unit: 'ms', significant: 3, perBatch: true },
  latencyStd: { header: 'std', unit: 'ms', significant: 3, perBatch: true },
  latencyMin: { header: 'min', unit: 'ms', significant: 3, perBatch: true },
  latencyMax: { header: 'max', unit: 'ms', significant: 3, perBatch: true },
  latencyP90: { header: 'p90', unit: 'ms', significant: 3, perBatch: true },
  latencyP99: { header: 'p99', unit: 'ms', significant: 3, perBatch: true },
  memoryRise: { header: 'model memory', unit: 'MB', scale: 1e-6, decimals: 1, perBatch: true },
  cpuUse: { header: 'CPU', unit: 'cores', decimals: 2, perBatch: true },
  power: { header: 'power', unit: 'W', decimals: 2, perBatch: true },
  powerIdle: { header: 'idle power', unit: 'W', decimals: 2, perBatch: true },
  energy: { header: 'energy', unit: 'mJ', scale: 1e3, significant: 3, perBatch: true },
  energyAboveIdle: { header: 'energy above idle', unit: 'mJ', scale: 1e3, significant: 3, perBatch: true },
  gpuUse: { header: 'GPU', unit: '%', decimals: 0, perBatch: true },
  npuUse: { header: 'NPU', unit: '%', decimals: 0, perBatch: true },
  celsiusBefore: { header: 'before', unit: '°C', decimals: 1, perBatch: true },
  celsiusAfter: { header: 'after', unit: '°C', decimals: 1, perBatch: true },
  size: { header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
};

/** The column of a metric; one that is not known shows under its own name, unscaled. */
export const metricColumn = (name: string): Column => {
  const { perBatch: _, ...column } = knownMetrics[name] ?? { header: name };
  return { key: name, ...column };
};
