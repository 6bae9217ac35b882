import { ModelError, UsageError } from '../errors.ts';
import { type Model, product, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { changeBatch } from '../passes/index.ts';
import { random } from '../random.ts';
import { InferenceSession } from '../runtime/index.ts';

/** What two runs that do the same may differ by, relative to the largest output: sums in another order. */
const tolerance = 1e-3;

/**
 * The model for `batchSize` samples where another number is fixed in it. Shapes alone do not tell whether samples stay
 * apart, so onnxruntime computes two of its own batches, one after the other and at once, which must agree. Throws
 * UsageError with the remedy if the model cannot be changed.
 */
export async function withBatch(model: Model, shape: readonly number[]): Promise<Model> {
  const fixed = model.graph.feeds[0]!.shape![0] as number;
  const [batchSize, ...sample] = shape as [number, ...number[]];
  try {
    const changed = changeBatch(model, shape);
    const output = changed.graph.outputs[0]?.shape?.[0];
    if (output === batchSize && (await agrees(model, [fixed, ...sample]))) return changed;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
  }
  throw new UsageError(
    `The model has batch ${fixed} fixed, and its samples do not stay apart in a batch of ${batchSize}: train with --batch ${fixed} (batchSize ${fixed}) or export it with a dynamic axis`,
  );
}

async function agrees(model: Model, [batch, ...sample]: [number, ...number[]]): Promise<boolean> {
  const size = batch * product(sample);
  const { dtype, name } = model.graph.feeds[0]!;
  const source = random(1);
  // Embeddings take numbers of rows: 0 and 1 are in every table.
  const draw = (): number => (dtype === 'float32' ? source.normal() : source.integer(2));
  const all = Float32Array.from({ length: 2 * size }, draw);
  const feed = (data: Float32Array, count: number) => ({
    [name]: Tensor.of(dtype ?? 'float32', [...data], [count, ...sample]),
  });
  const halves = [all.subarray(0, size), all.subarray(size)].map((half) => feed(half, batch));
  const apart = await outputs(model, halves);
  const together = await outputs(changeBatch(model, [2 * batch, ...sample]), [feed(all, 2 * batch)]);
  const scale = apart.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-6);
  const near = (x: number, i: number): boolean => Math.abs(x - together[i]!) <= tolerance * scale;
  return apart.length === together.length && apart.every(near);
}

/** The numbers of the first output, of all runs in a row. */
async function outputs(model: Model, feeds: readonly Record<string, Tensor>[]): Promise<number[]> {
  const { name } = model.graph.outputs[0]!;
  const session = await InferenceSession.create(writeModel(model), { keepQdq: true });
  try {
    const all: number[] = [];
    for (const feed of feeds) for (const x of (await session.run(feed))[name]!.toNumbers()) all.push(x);
    return all;
  } finally {
    await session.release();
  }
}
