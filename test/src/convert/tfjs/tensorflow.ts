import * as tf from '@tensorflow/tfjs';
import { permute } from '../../../../src/convert/channels-last/permute.ts';
import { readTfjs } from '../../../../src/convert/index.ts';
import { check, product, Tensor } from '../../../../src/ir/index.ts';
import { writeModel } from '../../../../src/onnx/index.ts';
import { random } from '../../../../src/random.ts';
import { InferenceSession } from '../../../../src/runtime/index.ts';

/** A tfjs model as its files have it. */
export interface Files {
  readonly json: Record<string, unknown>;
  readonly weights: Uint8Array;
}

/** tfjs on its plain JavaScript backend, which is the oracle here. */
export async function tensorflow(): Promise<typeof tf> {
  await tf.setBackend('cpu');
  return tf;
}

const handler = ({ json, weights }: Files): tf.io.IOHandler => ({
  load: async () => {
    const manifest = json.weightsManifest as { weights: tf.io.WeightsManifestEntry[] }[];
    return {
      ...(json as object),
      weightSpecs: manifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(weights).buffer,
    } as tf.io.ModelArtifacts;
  },
});

/** One output of tfjs: its shape and its elements. */
interface Output {
  readonly shape: number[];
  readonly data: ArrayLike<number>;
}

async function runTfjs(files: Files, feeds: Readonly<Record<string, Tensor>>): Promise<Output[]> {
  const graph = 'node' in (files.json.modelTopology as object);
  const model = graph ? await tf.loadGraphModel(handler(files)) : await tf.loadLayersModel(handler(files));
  // Layers models give their inputs other names than the layers have.
  const inputs = model.inputs.map(({ name }, i) => {
    const feed = feeds[name.replace(/:0$/, '')] ?? Object.values(feeds)[i]!;
    const dtype = feed.dtype === 'bool' ? 'bool' : feed.dtype === 'int32' ? 'int32' : 'float32';
    return tf.tensor(feed.data as Float32Array, [...feed.shape], dtype);
  });
  const outputs = [model.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat() as tf.Tensor[];
  return outputs.map((output) => ({ shape: output.shape, data: output.dataSync() }));
}

/** Uniform in [-1, 1] by a seed; integers and booleans from 0 on. */
export function sample(
  shape: readonly number[],
  dtype: 'float32' | 'int32' | 'bool' = 'float32',
  seed = 1,
): Tensor {
  const source = random(seed);
  const size = product(shape);
  if (dtype === 'int32')
    return Tensor.of(
      'int32',
      Int32Array.from({ length: size }, () => source.integer(5)),
      shape,
    );
  if (dtype === 'bool')
    return Tensor.of(
      'bool',
      Uint8Array.from({ length: size }, () => source.integer(2)),
      shape,
    );
  return Tensor.of(
    'float32',
    Float32Array.from({ length: size }, () => source.uniform() * 2 - 1),
    shape,
  );
}

const first = [0, 3, 1, 2];
const last = [0, 2, 3, 1];
const moved = (tensor: Tensor, order: readonly number[]): Tensor =>
  tensor.shape.length === 4 ? permute(tensor, order) : tensor;

/** Runs the model in tfjs and, imported, in onnxruntime; pictures go in channels first. Feeds have tfjs's order of axes. */
export async function runBoth(files: Files, feeds: Readonly<Record<string, Tensor>>) {
  const imported = readTfjs(files.json, files.weights);
  check(imported.model);
  const session = await InferenceSession.create(writeModel(imported.model), { threads: 1 });
  const own = Object.fromEntries(
    imported.model.graph.inputs.map(({ name }, i) => [
      name,
      moved(feeds[name] ?? Object.values(feeds)[i]!, first),
    ]),
  );
  const results = await session.run(own);
  const names = session.outputNames;
  await session.release();
  const outputs = names.map((name) => moved(results[name]!, last));
  return { ...imported, expected: await runTfjs(files, feeds), outputs };
}

/** Largest difference between the outputs of both, relative to the largest element where that is over 1. */
export async function worstDifference(
  files: Files,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<{ worst: number } & Awaited<ReturnType<typeof runBoth>>> {
  const both = await runBoth(files, feeds);
  if (both.expected.length !== both.outputs.length)
    throw new Error(`${both.outputs.length} outputs instead of ${both.expected.length}`);
  const differences = both.expected.map(({ shape, data }, i) => {
    const output = both.outputs[i]!;
    if (output.shape.join() !== shape.join())
      throw new Error(`output ${i} is [${output.shape}], must be [${shape}]`);
    const scale = Math.max(1, ...Array.from(data, Math.abs).filter(Number.isFinite));
    return Math.max(0, ...Array.from(data, (value, k) => difference(value, Number(output.data[k])) / scale));
  });
  return { ...both, worst: Math.max(...differences) };
}

const difference = (a: number, b: number): number => (Object.is(a, b) || a === b ? 0 : Math.abs(a - b));
