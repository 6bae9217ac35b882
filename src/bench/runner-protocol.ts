import type { FeedOptions } from './random-feeds.ts';
import type { SoakPlan, SoakWindow } from './soak-runs.ts';

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
  /** ONNX bytes of a model that computes nothing: its runs are the harness's own cost. */
  readonly identity: Uint8Array;
  /** Runs for a given time instead, and tells each part of it. */
  readonly soak?: SoakPlan | undefined;
}

/** What is known when the measured runs begin. */
export interface RunnerBegun {
  readonly batch: number;
  readonly warmup: number;
  /** Bytes, loading included, garbage collected between runs. */
  readonly peakMemory: number;
  /** Bytes above what the process held before the model was loaded. */
  readonly memoryRise: number;
  readonly onnxruntime: string;
}

/** Seconds since the machine was started. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What it found. */
export interface RunnerResult extends RunnerBegun {
  /** Milliseconds of each run; of a soak, of those of its last part. */
  readonly latencies: Float64Array;
  /** User and system time over wall time. */
  readonly cpuUse: number;
  /** Milliseconds: median of running a model that computes nothing. */
  readonly overhead: number;
  /** When the measured runs were, where the machine tells. */
  readonly span: Span | undefined;
}

export type RunnerMessage =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'begun'; readonly begun: RunnerBegun }
  | { readonly type: 'window'; readonly window: SoakWindow }
  | { readonly type: 'result'; readonly result: RunnerResult }
  | { readonly type: 'error'; readonly name: string; readonly message: string };
