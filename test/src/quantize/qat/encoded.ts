import type { Dataset } from '../../../../src/data/index.ts';
import type { Model, Tensor } from '../../../../src/ir/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import {
  calibrate,
  type Encodings,
  encode,
  feedsOf,
  minMax,
  planOf,
} from '../../../../src/quantize/index.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';

interface Bits {
  readonly weights: number;
  readonly activations: number;
  readonly dtype?: 'uint8' | 'int8';
  readonly perChannel?: boolean;
}

/** Encodings of a prepared model by the ranges of its activations on the training split. */
export async function encoded(
  float: Model,
  data: Dataset,
  { weights, activations, dtype = 'uint8', perChannel = true }: Bits,
): Promise<Encodings> {
  const plan = planOf(float);
  const names = [...new Set(plan.activations.values())].map(({ name }) => name);
  const calibration = feedsOf(float, data, { limit: 128 });
  const ranges = await calibrate(float, names, { observer: minMax, calibration });
  const half = 2 ** (weights - 1);
  const low = dtype === 'uint8' ? 0 : -(2 ** (activations - 1));
  return encode(plan, ranges, {
    activations: { dtype, integers: { min: low, max: low + 2 ** activations - 1 } },
    weights: { integers: { min: 1 - half, max: half - 1 }, perChannel },
  });
}

/** The first output for some samples of the test split, computed as ONNX defines the operators. */
export async function outputOf(model: Model, data: Dataset, count = 64): Promise<Tensor> {
  const session = await InferenceSession.create(writeModel(model), {
    optimization: 'disabled',
    keepQdq: true,
  });
  try {
    for await (const { images } of data.batches('test', { batchSize: count })) {
      const results = await session.run({ [model.graph.feeds[0]!.name]: images });
      return results[model.graph.outputs[0]!.name]!;
    }
    throw new Error('no samples');
  } finally {
    await session.release();
  }
}

/** Share of the test split that a model classifies right. */
export async function accuracyOf(model: Model, data: Dataset): Promise<number> {
  const { labels } = data.split('test');
  const scores = await outputOf(model, data, labels!.length);
  const classes = scores.shape[1]!;
  const numbers = scores.data as Float32Array;
  const right = labels!.filter((label, i) => {
    const row = numbers.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels!.length;
}
