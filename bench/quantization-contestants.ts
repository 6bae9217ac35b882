/** Processes that quantize, ours and the others', all with one protocol: a job as argument, a line of JSON for each setting. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FloatNode, QuantizedTensor } from '../src/quantize/index.ts';
import { python } from '../test/support/requirement.ts';
import { builtContestant } from './quantization-built.ts';

export type Tool = 'edgebook' | 'onnxruntime' | 'nncf';

export interface Job {
  readonly tool: Tool;
  readonly float: string;
  readonly calibration: string;
  /** Where the results go. */
  readonly folder: string;
  readonly settings: readonly string[];
  /** Calls of each setting in the same process. */
  readonly repeat: number;
}

/** Of one call. */
export interface Measured {
  readonly seconds: number;
  readonly processor: number;
  /** Peak resident bytes of the process after it. */
  readonly peak: number;
}

/** What a process tells of a setting. */
export interface Said {
  readonly setting: string;
  readonly version: string;
  /** Seconds until everything was loaded. */
  readonly imports: number;
  /** Peak resident bytes before the first call. */
  readonly basePeak: number;
  readonly preprocessing?: number;
  readonly file?: string;
  readonly calls?: readonly Measured[];
  /** What telling about the result took after the calls; only ours does. */
  readonly report?: Measured;
  readonly error?: string;
  readonly tensors?: readonly QuantizedTensor[];
  readonly left?: readonly FloatNode[];
}

/** The Python of `quantization.requirements.txt`. */
export const peers = python('EDGEBOOK_QUANT_PYTHON', ['onnxruntime', 'onnx', 'nncf', 'sympy']);

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Runs a job in a process of its own; `total` is its wall time in seconds, start and imports included. */
export async function contest(job: Job): Promise<{ said: Said[]; total: number }> {
  const [program, script] =
    job.tool === 'edgebook'
      ? [process.execPath, builtContestant(join(job.folder, '..'))]
      : [peers.path, path('quantization_peers.py')];
  const started = performance.now();
  const { stdout } = await promisify(execFile)(program, [script, JSON.stringify(job)], {
    maxBuffer: 2 ** 26,
  });
  const total = (performance.now() - started) / 1000;
  const said = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Said);
  return { said, total };
}

/**
 * `quantize_static`: extremes and percentiles. Left out, since they never won: Entropy, whose ranges with its 128 bins are
 * those of MinMax (the heavy tail shows it); QInt8 with one scale a tensor, which rounds as QUInt8 does.
 */
const onnxruntime = [
  'MinMax/per-channel/QUInt8',
  'MinMax/per-channel/QInt8',
  'MinMax/per-tensor/QUInt8',
  'Percentile/per-channel/QUInt8',
  'Percentile/per-channel/QInt8',
  'Percentile/per-tensor/QUInt8',
];

/** NNCF's presets and corrections of biases, and the extremes for its usual means of extremes. */
const nncf = [
  'default',
  'performance/full/no-overflow-fix',
  'mixed/fast/no-overflow-fix',
  'mixed/full/no-overflow-fix',
  'mixed/full/minmax/no-overflow-fix',
];

const transformers = [
  'mixed/fast/transformer/no-overflow-fix',
  'mixed/fast/minmax/transformer/no-overflow-fix',
];

/** Settings of each of the others that are tried; the first one is its plain one. */
export const peerSettings = (name: string): Record<Exclude<Tool, 'edgebook'>, readonly string[]> => ({
  onnxruntime,
  nncf: name.startsWith('vit') ? [...nncf, ...transformers] : nncf,
});
