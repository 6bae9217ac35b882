/** Scores of quantized files, kept by what they are scores of: a file that has not changed is not run again. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxruntimeVersion } from '../src/runtime/session.ts';
import { type Outputs, outputsOf, type Score, scoreOf } from './quantization-evaluate.ts';
import { type Layers, layersOf } from './quantization-kernels.ts';
import type { PreparedModel } from './quantization-models.ts';

export interface Judged {
  readonly score: Score;
  readonly bytes: number;
  readonly layers: Layers;
}

export interface Judging {
  readonly prepared: PreparedModel;
  readonly float: Outputs;
  /** Where scores are kept. */
  readonly folder: string;
}

/** Runs a quantized file on all test samples, unless the same bytes were run on the same ones with this onnxruntime. */
export async function judgedFile(file: string, { prepared, float, folder }: Judging): Promise<Judged> {
  const kept = join(folder, 'scores', `${keyOf(file, prepared)}.json`);
  if (existsSync(kept)) return read(kept);
  const score = scoreOf(await outputsOf(file, prepared), float, prepared);
  const judged = { score, bytes: statSync(file).size, layers: await layersOf(file) };
  mkdirSync(join(folder, 'scores'), { recursive: true });
  writeFileSync(
    kept,
    JSON.stringify({ ...judged, score: { ...score, right: score.right && [...score.right].join('') } }),
  );
  return judged;
}

function read(kept: string): Judged {
  const judged = JSON.parse(readFileSync(kept, 'utf8'));
  const { right } = judged.score;
  return { ...judged, score: { ...judged.score, right: right && Uint8Array.from(right, Number) } };
}

/** The prepared files' names have the hash of their recipe. */
function keyOf(file: string, { float, test, labels, kind, limit }: PreparedModel): string {
  const about = JSON.stringify({ float, test, labels, kind, limit, version: onnxruntimeVersion() });
  return createHash('sha256').update(about).update(readFileSync(file)).digest('hex').slice(0, 24);
}
