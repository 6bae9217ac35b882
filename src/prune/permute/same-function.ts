import { randomFeeds } from '../../bench/random-feeds.ts';
import { UsageError } from '../../errors.ts';
import type { Model, Tensor } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { type Feeds, InferenceSession } from '../../runtime/index.ts';

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Largest difference to an output's largest element: sums in another order of float32, through many layers. */
const tolerance = 1e-4;

/**
 * Tells of other models whether they give what this one gives for made-up inputs, within float32. `shapes`: of inputs
 * whose sizes are open. Throws UsageError if the model does not run on them.
 */
export async function sameFunctionAs(
  model: Model,
  shapes: Shapes | undefined,
): Promise<(other: Model) => Promise<boolean>> {
  const { feeds, outputs } = await reference(model, shapes);
  return async (other) => {
    const found = await inSession(other, (session) => session.run(feeds));
    return Object.entries(outputs).every(([name, tensor]) => isClose(found[name]!, tensor));
  };
}

async function reference(model: Model, shapes: Shapes | undefined) {
  try {
    return await inSession(model, async (session) => {
      const feeds: Feeds = randomFeeds(session.inputs, { ...(shapes && { shapes }) });
      return { feeds, outputs: await session.run(feeds) };
    });
  } catch (cause) {
    throw new UsageError(
      `The model must run on made-up inputs to check that reordered channels change nothing: ${(cause as Error).message}. Give 'shapes' of its inputs, or leave 'permute' out`,
      { cause },
    );
  }
}

async function inSession<T>(model: Model, work: (session: InferenceSession) => Promise<T>): Promise<T> {
  const session = await InferenceSession.create(writeModel(model), { optimization: 'disabled', threads: 1 });
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}

function isClose(actual: Tensor, expected: Tensor): boolean {
  const [a, b] = [actual.toNumbers(), expected.toNumbers()];
  const scale = b.reduce((max, value) => Math.max(max, Number.isFinite(value) ? Math.abs(value) : 0), 1e-6);
  return a.every((value, i) => Object.is(value, b[i]) || Math.abs(value - b[i]!) <= tolerance * scale);
}
