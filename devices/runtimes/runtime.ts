import type { BenchOptions, BenchResult } from '../../src/bench/index.ts';
import type { NodeTime, Profiler } from '../../src/runtime/index.ts';
import type { BenchWatch } from '../bench/run-bench.ts';
import type { Transport } from '../device.ts';
import type { Facts } from '../probe/index.ts';

/** A model and the device that it is to run on. */
export interface RuntimeJob {
  readonly transport: Transport;
  readonly facts: Facts;
  /** The agent's command there. */
  readonly command: readonly string[];
  /** sha256 of the ONNX bytes, which are on the device where `modelFile` says. */
  readonly model: string;
  /** The same bytes, here. */
  content(): Uint8Array;
  readonly options: BenchOptions;
  readonly watch: BenchWatch;
}

/** The same, to time the parts of the model. */
export interface LayersJob extends RuntimeJob {
  /** What the device's onnxruntime tells. */
  readonly profile: Profiler;
}

/** What runs models on a device; each has its own file. */
export interface Runtime {
  readonly name: string;
  /** Whether it can tell a soak part by part. */
  readonly soaks: boolean;
  /** What must be known before its figures are trusted. */
  readonly caveat?: string;
  /** Why a device cannot use it, with the remedy; undefined if it can. */
  missing(facts: Facts): string | undefined;
  /** Measures a model there. Throws DeviceError, ModelError and UsageError, and the signal's reason. */
  bench(job: RuntimeJob): Promise<BenchResult>;
  /** Times the layers of a model there, as this runtime fuses them, in the order they run. Throws as `bench` does. */
  layers(job: LayersJob): Promise<readonly NodeTime[]>;
}
