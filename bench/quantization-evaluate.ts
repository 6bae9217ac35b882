/** One evaluator for all quantizers' models: outputs on the test samples, and what they are worth beside the float model's. */
import { readFileSync } from 'node:fs';
import { readNpy } from '../src/data/index.ts';
import { InferenceSession } from '../src/runtime/index.ts';
import type { PreparedModel } from './quantization-models.ts';
import { NpyFile } from './quantization-npy.ts';

/** First output of a model for every test sample: float32 [samples, width]. */
export interface Outputs {
  readonly rows: Float32Array;
  readonly width: number;
}

export interface Score {
  /** Share of right classes, of agreement with float, or the area under the ROC curve. */
  readonly metric: number;
  /** Whether each sample is right; undefined where the metric is no mean over samples. */
  readonly right: Uint8Array | undefined;
  /** Output signal to quantization noise in dB; infinite for the float model. */
  readonly sqnr: number;
}

const batchSize = 100;

/** Runs a model in onnxruntime with its default optimizations, int8 kernels included. */
export async function outputsOf(model: string, { test, limit }: PreparedModel): Promise<Outputs> {
  const session = await InferenceSession.create(model, { spinning: false });
  const samples = new NpyFile(test);
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  const parts: Float32Array[] = [];
  const size = Math.min(samples.size, limit ?? Infinity);
  for (let from = 0; from < size; from += batchSize) {
    const batch = samples.read(from, Math.min(size, from + batchSize));
    const result = (await session.run({ [input]: batch }, [output]))[output]!;
    parts.push((result.data as Float32Array).slice());
  }
  await session.release();
  samples.close();
  const rows = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    rows.set(part, at);
    at += part.length;
  }
  return { rows, width: rows.length / size };
}

/** Judges outputs as the model's kind wants it. */
export function scoreOf(outputs: Outputs, float: Outputs, prepared: PreparedModel): Score {
  const sqnr = outputs === float ? Infinity : sqnrOf(float.rows, outputs.rows);
  if (prepared.kind === 'reconstruction')
    return {
      metric: areaUnderCurve(errorsOf(outputs, prepared), labelsOf(prepared)),
      right: undefined,
      sqnr,
    };
  const wanted = prepared.kind === 'agreement' ? classesOf(float) : labelsOf(prepared);
  const right = Uint8Array.from(classesOf(outputs), (found, i) => Number(found === wanted[i]));
  return { metric: right.reduce((sum, r) => sum + r, 0) / right.length, right, sqnr };
}

function sqnrOf(exact: Float32Array, rounded: Float32Array): number {
  let signal = 0;
  let noise = 0;
  exact.forEach((x, i) => {
    signal += x * x;
    noise += (x - rounded[i]!) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}

const labelsOf = ({ labels, limit }: PreparedModel): Int32Array =>
  (readNpy(readFileSync(labels!), labels!).data as Int32Array).subarray(0, limit);

function classesOf({ rows, width }: Outputs): Int32Array {
  return Int32Array.from({ length: rows.length / width }, (_, i) => {
    const row = rows.subarray(i * width, (i + 1) * width);
    let best = 0;
    for (let c = 1; c < width; c++) if (row[c]! > row[best]!) best = c;
    return best;
  });
}

/** Mean squared error of each sample that a model gives back. */
function errorsOf({ rows, width }: Outputs, { test }: PreparedModel): Float64Array {
  const samples = new NpyFile(test);
  const errors = new Float64Array(rows.length / width);
  for (let from = 0; from < errors.length; from += batchSize) {
    const { data } = samples.read(from, Math.min(errors.length, from + batchSize));
    data.forEach((x, i) => {
      errors[from + Math.floor(i / width)]! += (x - rows[from * width + i]!) ** 2 / width;
    });
  }
  samples.close();
  return errors;
}

/** Probability that an unusual sample has a larger error than a usual one (Mann-Whitney; no ties among errors). */
function areaUnderCurve(errors: Float64Array, unusual: Int32Array): number {
  const order = [...errors.keys()].sort((a, b) => errors[a]! - errors[b]!);
  let ranks = 0;
  order.forEach((sample, i) => {
    if (unusual[sample]) ranks += i + 1;
  });
  const positive = unusual.reduce((sum, label) => sum + label, 0);
  return (ranks - (positive * (positive + 1)) / 2) / (positive * (unusual.length - positive));
}

/** Mean difference of two judgements of the same samples, `a - b`, and half its interval of 95 % (Wald, paired). */
export function paired(a: Uint8Array, b: Uint8Array): { difference: number; half: number } {
  const difference = a.reduce((sum, right, i) => sum + right - b[i]!, 0) / a.length;
  const changed = a.reduce((sum, right, i) => sum + Number(right !== b[i]), 0) / a.length;
  return { difference, half: 1.959964 * Math.sqrt((changed - difference ** 2) / a.length) };
}
