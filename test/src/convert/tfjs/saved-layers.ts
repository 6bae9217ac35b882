import * as tf from '@tensorflow/tfjs';
import { random } from '../../../../src/random.ts';
import type { Files } from './tensorflow.ts';

/** A layers model as `model.save` writes it, with weights that are not zeros and ones but random. */
export async function savedLayers(model: tf.LayersModel): Promise<Files> {
  const source = random(3);
  const weights = model.getWeights().map((weight) => {
    const values = Float32Array.from({ length: weight.size }, () => source.uniform() * 0.8 + 0.1);
    return tf.tensor(values, weight.shape);
  });
  model.setWeights(weights);
  const files: Files[] = [];
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      files.push({
        json: {
          format: 'layers-model',
          modelTopology,
          weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
        },
        weights: new Uint8Array(weightData as ArrayBuffer),
      });
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return files[0]!;
}
