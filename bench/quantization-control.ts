/**
 * `--max-drop` against NNCF's `quantize_with_accuracy_control`: on networks that lose more than the limit, how often the limit
 * holds on samples that the search never saw, and how many evaluations it took.
 *
 *     node bench/quantization-control.ts [--seeds=N] [case ...]        (environment: as bench/quantization.ts)
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from '../src/errors.ts';
import { loadModel, saveModel } from '../src/onnx/index.ts';
import { halvesOf } from '../src/quantize/search/index.ts';
import { permutation, random } from '../src/random.ts';
import { peers } from './quantization-contestants.ts';
import { describeCase, describeRun, limitClaims } from './quantization-limit-table.ts';
import { accuracyOf, type LimitedRun, limitedRuns, testSplit } from './quantization-limits.ts';
import { type PreparedModel, prepareModel } from './quantization-models.ts';
import { writeNpy } from './quantization-npy.ts';
import type { LimitedSetting } from './quantization-ours.ts';
import { type Claim, claimTable } from './quantization-report.ts';
import { stretched } from './quantization-stretch.ts';

/** Named networks and integers that lose more than the limit. */
export interface Case extends LimitedSetting {
  readonly model: string;
  /** See `stretched`. Absent: as it was trained. */
  readonly octaves?: number;
  readonly maxDrop: number;
}

/** Runs of each case: what the claim asks for. */
export const seedCount = 20;

const narrow = { weightBits: 4, perChannel: false, maxDrop: 0.01 };

/** NNCF has only 8 bits: for the same search as ours the last two lose with these. */
export const cases: Readonly<Record<string, Case>> = {
  'mobilenetv2-0.35, 4-bit weights': { model: 'mobilenetv2-0.35', ...narrow },
  'resnet8, 4-bit weights': { model: 'resnet8', ...narrow },
  'resnet8, stretched': { model: 'resnet8', octaves: 2, weightBits: 8, perChannel: true, maxDrop: 0.01 },
  'mnist-cnn, stretched': { model: 'mnist-cnn', octaves: 2, weightBits: 8, perChannel: true, maxDrop: 0.01 },
};

/** NNCF's search on the half that ours has with seed 0. */
export interface NncfRun {
  /** Passes over the samples, a part where it looked at some. Without the float model's, as in ours. */
  readonly passes: number;
  /** Of the function that validates: one for each model, or part of the samples. Without the float model's. */
  readonly calls: number;
  /** QuantizeLinear nodes that are left. */
  readonly quantizers: number;
  readonly heldOut: number;
  readonly seconds: number;
}

export interface Controlled extends Case {
  readonly name: string;
  readonly runs: readonly LimitedRun[];
  /** Undefined without NNCF. */
  readonly nncf?: NncfRun | { readonly error: string };
}

/** Runs a case with `seeds` seeds, and NNCF once. Throws UsageError for a name that is none. */
export async function controlled(
  name: string,
  { seeds, folder }: { seeds: number; folder: string },
): Promise<Controlled> {
  const one = Object.hasOwn(cases, name) ? cases[name] : undefined;
  if (!one) throw UsageError.unknown('case', name, Object.keys(cases));
  const place = join(folder, `control ${name}`);
  mkdirSync(place, { recursive: true });
  const prepared = await hardened(await prepareModel(one.model, 'out/quant-models'), one, place);
  const job = { prepared, setting: one, maxDrop: one.maxDrop };
  const runs = await limitedRuns(job, { seeds, onRun: (run) => console.error(describeRun(name, run)) });
  const found = peers.missing ? {} : { nncf: await nncfRun(prepared, one, place) };
  return { name, ...one, runs, ...found };
}

async function hardened(prepared: PreparedModel, { octaves }: Case, folder: string): Promise<PreparedModel> {
  if (octaves === undefined) return prepared;
  const float = join(folder, 'stretched.onnx');
  await saveModel(stretched(await loadModel(prepared.float), octaves), float);
  return { ...prepared, float };
}

async function nncfRun(
  prepared: PreparedModel,
  { maxDrop }: Case,
  folder: string,
): Promise<NncfRun | { error: string }> {
  const { float, calibration, test, labels } = prepared;
  const data = testSplit(prepared);
  const indices = join(folder, 'searched.npy');
  const count = data.size('test');
  const half = Int32Array.from(permutation(count, random(0)).subarray(0, count >> 1));
  writeNpy(indices, half, [half.length]);
  const out = join(folder, 'nncf.onnx');
  const job = { float, calibration, test, labels, out, drop: maxDrop, indices };
  const script = fileURLToPath(new URL('quantization_control.py', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(peers.path, [script, JSON.stringify(job)], {
      maxBuffer: 2 ** 26,
    });
    const said = JSON.parse(stdout);
    const at = { float: await loadModel(float), data: halvesOf(data, 'test', 0).report };
    const heldOut = (await accuracyOf(float, at)) - (await accuracyOf(out, at));
    return { ...said, passes: said.passes - 1, calls: said.calls - 1, heldOut };
  } catch (error) {
    return { error: (error as Error).message.slice(-300) };
  }
}

/** The tables of all cases, and what they come to. */
export async function accuracyControl(
  names: readonly string[],
  options: { seeds: number; folder: string },
): Promise<{ controls: Controlled[]; verdicts: Claim[] }> {
  const controls: Controlled[] = [];
  for (const name of names) {
    const control = await controlled(name, options);
    console.log(`${describeCase(control)}\n`);
    controls.push(control);
  }
  return { controls, verdicts: controls.flatMap(limitClaims) };
}

if (import.meta.main) {
  const words = process.argv.slice(2);
  const named = words.filter((word) => !word.startsWith('--'));
  const seeds = Number(words.flatMap((word) => /^--seeds=(\d+)$/.exec(word)?.[1] ?? [])[0] ?? seedCount);
  const names = named.length > 0 ? named : Object.keys(cases);
  const { verdicts } = await accuracyControl(names, { seeds, folder: 'out/quant-results' });
  console.log(claimTable(verdicts));
}
