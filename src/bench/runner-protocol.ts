import type { FeedOptions } from './random-feeds.ts';

/** What the runner process is asked to do. */
export interface RunnerRequest extends FeedOptions {
  readonly modelPath: string;
  readonly threads: number;
  /** Undefined: a tenth of `minTime`, at least 10. */
  readonly warmup: number | undefined;
  /** Undefined: as many as `minTime` takes, at least 50. */
  readonly runs: number | undefined;
  /** Milliseconds. */
  readonly minTime: number;
}

/** What it found. */
export interface RunnerResult {
  readonly batch: number;
  readonly warmup: number;
  /** Milliseconds of each run. */
  readonly latencies: Float64Array;
  /** User and system time over wall time. */
  readonly cpuUse: number;
  /** Bytes, loading included, garbage collected between runs. */
  readonly peakMemory: number;
  /** Bytes above what the process held before the model was loaded. */
  readonly memoryRise: number;
  readonly onnxruntime: string;
}

export type RunnerMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'result'; readonly result: RunnerResult }
  | { readonly type: 'error'; readonly name: string; readonly message: string };
