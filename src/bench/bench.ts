import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { modelSize } from '../onnx/index.ts';
import { BenchReport, type BenchResult } from './bench-report.ts';
import { identityModel } from './identity-model.ts';
import type { FeedOptions } from './random-feeds.ts';
import { type RunnerWatch, runInProcess } from './runner-process.ts';
import type { RunnerBegun } from './runner-protocol.ts';
import type { SoakPlan } from './soak-runs.ts';
import { summarize } from './statistics.ts';

export interface BenchOptions extends FeedOptions, RunnerWatch {
  /** Threads inside one operator. Default: all cores. */
  readonly threads?: number;
  /** Runs before the measured ones. Default: as many as a tenth of `minTime` takes, at least 10. */
  readonly warmup?: number;
  /** Measured runs. Default: as many as `minTime` takes, at least 50. */
  readonly runs?: number;
  /** How long to measure, in ms, where `runs` is left out. Default 1000. */
  readonly minTime?: number;
  /** What the report calls this machine. Default `local`. */
  readonly device?: string;
  readonly parameters?: number;
  /** Multiply-accumulates for one sample. */
  readonly macs?: number;
  /** Runs for a given time instead, and tells each part; the figures are those of the last part. */
  readonly soak?: SoakPlan | undefined;
}

/**
 * Measures a model (ONNX bytes or a path) on this machine, in a process of its own and on made-up input: latency,
 * memory, CPU use. Throws ModelError if the model does not load or run, UsageError for options out of range.
 */
export async function bench(model: Uint8Array | string, options: BenchOptions = {}): Promise<BenchReport> {
  return new BenchReport(await measureModel(model, options));
}

/** What `bench` shows, as plain data, so that it can travel. */
export async function measureModel(
  model: Uint8Array | string,
  options: BenchOptions = {},
): Promise<BenchResult> {
  const { threads = availableParallelism(), warmup, runs, minTime = 1000, batch, shapes } = options;
  for (const [name, count] of Object.entries({ threads, runs, batch })) checkCount(name, count);
  const { path, size, remove } = await asFile(model);
  try {
    const { soak } = options;
    const identity = identityModel();
    const request = { modelPath: path, threads, warmup, runs, minTime, batch, shapes, identity, soak };
    const result = await runInProcess(request, options);
    return {
      device: options.device ?? 'local',
      batch: result.batch,
      latency: summarize(result.latencies),
      size,
      parameters: options.parameters,
      macs: options.macs,
      peakMemory: result.peakMemory,
      memoryRise: result.memoryRise,
      cpuUse: result.cpuUse,
      overhead: result.overhead,
      span: result.span,
      at: new Date().toISOString(),
      conditions: { runs: result.latencies.length, ...conditionsOf(result, threads) },
    };
  } finally {
    await remove();
  }
}

/** What a measurement on this machine depends on. */
export const conditionsOf = ({ warmup, onnxruntime }: RunnerBegun, threads: number) => ({
  warmup,
  threads,
  runtime: `onnxruntime ${onnxruntime}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  platform: `${process.platform}-${process.arch}`,
});

function checkCount(name: string, count: number | undefined): void {
  if (count === undefined || (Number.isInteger(count) && count >= 1)) return;
  throw new UsageError(`'${name}' must be a whole number of 1 or more, was ${count}`);
}

interface ModelFile {
  readonly path: string;
  /** Bytes, files of external data included. */
  readonly size: number;
  remove(): Promise<void>;
}

/** Bytes go through a file, so that the measuring process never holds them beside the loaded model. */
async function asFile(model: Uint8Array | string): Promise<ModelFile> {
  if (typeof model === 'string') {
    const path = resolve(model);
    await stat(path).catch((cause) => {
      throw new UsageError(`There is no model file '${model}' in ${process.cwd()}`, { cause });
    });
    return { path, size: await modelSize(path), remove: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-bench-'));
  const path = join(folder, 'model.onnx');
  await writeFile(path, model);
  return { path, size: model.length, remove: () => rm(folder, { recursive: true, force: true }) };
}
