/**
 * Makes the models of the quantization benchmark and the samples that all contestants share; what is there already stays:
 * out/quant-models, by a hash of the recipe and of the network before its training.
 *
 *     node bench/quantization-models.ts [names ...]
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import { saveModel, writeModel } from '../src/onnx/index.ts';
import { permutation, random } from '../src/random.ts';
import { fit } from '../src/train/index.ts';
import { writeNpy } from './quantization-npy.ts';
import { type Kind, type Recipe, recipes } from './quantization-recipes.ts';

/** Samples to calibrate with, for all contestants. */
export const calibrationSize = 300;

/** What contestants and evaluator are given. */
export interface PreparedModel {
  readonly name: string;
  readonly kind: Kind;
  /** ONNX, float32, one input [batch, ...]. */
  readonly float: string;
  /** .npy, float32 [300, ...], normalized, of the training split. */
  readonly calibration: string;
  /** .npy, float32 [samples, ...], normalized. */
  readonly test: string;
  /** .npy, int32 [samples]: the class, or 1 for what is unusual. Undefined for data without labels. */
  readonly labels: string | undefined;
  /** How many of the test samples count. Default: all. */
  readonly limit?: number;
}

/** Trains what is not there yet. Throws UsageError for a name that is none, or where data are missing. */
export async function prepareModel(name: string, folder: string): Promise<PreparedModel> {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (!recipe) throw UsageError.unknown('model', name, Object.keys(recipes));
  const start = await recipe.build();
  const base = join(folder, `${name}-${hashOf(recipe, start)}`);
  const path = `${base}.json`;
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  mkdirSync(folder, { recursive: true });
  const data = await recipe.open();
  const { model, seconds } = await train(recipe, start, data);
  const prepared: PreparedModel = {
    ...{ name, kind: recipe.kind, float: `${base}.onnx` },
    ...{ calibration: `${base}.calibration.npy`, test: `${base}.test.npy` },
    labels: data.splits.test?.labels && `${base}.labels.npy`,
  };
  await saveModel(model, prepared.float);
  const order = permutation(data.size('train'), random(1)).subarray(0, calibrationSize);
  await writeSamples(prepared.calibration, data, { split: 'train', indices: order });
  await writeSamples(prepared.test, data, {
    split: 'test',
    indices: Uint32Array.from({ length: data.size('test') }, (_, i) => i),
  });
  if (prepared.labels) {
    const labels = Int32Array.from(data.labels('test'));
    writeNpy(prepared.labels, labels, [labels.length]);
  }
  writeFileSync(path, JSON.stringify({ ...prepared, trainingSeconds: seconds }));
  return prepared;
}

function hashOf({ data, training, kind }: Recipe, start: Model): string {
  const hash = createHash('sha256').update(JSON.stringify({ data, training, kind, calibrationSize }));
  return hash.update(writeModel(start)).digest('hex').slice(0, 12);
}

async function train(
  { training }: Recipe,
  start: Model,
  data: Dataset,
): Promise<{ model: Model; seconds: number }> {
  if (!training) return { model: start, seconds: 0 };
  const { model, report } = await fit(start, data, training);
  return { model, seconds: report.seconds };
}

async function writeSamples(
  path: string,
  data: Dataset,
  { split, indices }: { split: string; indices: Uint32Array },
): Promise<void> {
  const chosen = data.with({ splits: { chosen: { images: await data.read(split, indices) } } });
  const parts: Float32Array[] = [];
  for await (const { images } of chosen.batches('chosen', { batchSize: 100 }))
    parts.push(images.data.slice());
  writeNpy(path, parts, [indices.length, ...data.sampleShape]);
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : Object.keys(recipes)) {
    const started = performance.now();
    const { float } = await prepareModel(name, 'out/quant-models');
    console.log(
      `${name.padEnd(24)} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${float}`,
    );
  }
}
