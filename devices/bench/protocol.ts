import type { BenchOptions, BenchResult, RunnerBegun, SoakWindow } from '../../src/bench/index.ts';

/** What the agent's program is asked to measure, as one line of JSON on its input. */
export interface BenchOrder {
  /** sha256 of the ONNX bytes, which are there. */
  readonly model: string;
  readonly options: Omit<BenchOptions, 'signal' | 'onProgress' | 'onBegun' | 'onWindow'>;
}

/** What it tells, a line each, after `newsMark`: other programs may write to the same stream before it begins. */
export type BenchNews =
  | { readonly type: 'alive' }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'begun'; readonly begun: RunnerBegun }
  | { readonly type: 'window'; readonly window: SoakWindow }
  | { readonly type: 'result'; readonly result: BenchResult }
  | { readonly type: 'error'; readonly name: string; readonly message: string };

export const newsMark = '@@edgebook-bench ';

/** The argument that makes the agent's program measure instead of serving a session. */
export const benchArgument = 'bench';
