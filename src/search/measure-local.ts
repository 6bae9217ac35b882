import { bench } from '../bench/index.ts';
import type { Measurement } from '../ledger/index.ts';
import type { WorkOptions } from '../report.ts';
import type { DeviceFigures } from './figures.ts';

/** What one device gave, and all that a ledger keeps of it. */
export interface DeviceMeasurement extends DeviceFigures {
  readonly measurement?: Measurement;
}

/** Runs a model (ONNX bytes) where it will run, and tells how long one call takes. */
export type MeasureDevice = (content: Uint8Array, work: WorkOptions) => Promise<DeviceMeasurement>;

/** Measures on this machine, on all its cores, for about half a second. */
export const measureLocal: MeasureDevice = async (content, { signal }) => {
  const report = await bench(content, { minTime: 500, ...(signal && { signal }) });
  const { latency, peakMemory } = report;
  return {
    ...{ latency: latency.p50, measurement: report.toMeasurement() },
    ...(peakMemory !== undefined && { memory: peakMemory }),
  };
};
