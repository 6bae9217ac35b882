import { expect } from 'vitest';
import { randomFeeds } from '../../src/bench/random-feeds.ts';
import { check, type Model, type Tensor } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { type Feeds, InferenceSession } from '../../src/runtime/index.ts';

export interface SameOptions {
  readonly feeds?: Feeds;
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Largest difference, relative to an output's largest element. Default 1e-5: the order of a sum in float32. */
  readonly tolerance?: number;
}

/** Expects that a rewritten model holds the invariants and gives what the original gives, both under onnxruntime. */
export async function expectSameOutputs(
  before: Model,
  after: Model,
  options: SameOptions = {},
): Promise<void> {
  check(after);
  const { tolerance = 1e-5 } = options;
  const [expected, actual] = [await outputsOf(before, options), await outputsOf(after, options)];
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, tensor] of Object.entries(expected)) {
    expect(actual[name]!.dtype, name).toBe(tensor.dtype);
    expect(actual[name]!.shape, name).toEqual(tensor.shape);
    expect(worstDifference(actual[name]!, tensor), name).toBeLessThanOrEqual(tolerance);
  }
}

/** Outputs for the feeds, or for made-up ones. onnxruntime optimizes nothing: it must run what the model says. */
export async function outputsOf(model: Model, options: SameOptions = {}): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(model), { optimization: 'disabled', threads: 1 });
  try {
    return await session.run(options.feeds ?? randomFeeds(session.inputs, options));
  } finally {
    await session.release();
  }
}

/** Largest difference of two tensors of one shape, relative to the largest finite element of the second. */
export function worstDifference(actual: Tensor, expected: Tensor): number {
  const [a, b] = [actual.toNumbers(), expected.toNumbers()];
  const scale = b.reduce((max, value) => Math.max(max, Number.isFinite(value) ? Math.abs(value) : 0), 1e-6);
  return a.reduce((worst, value, i) => {
    const same = value === b[i] || (Number.isNaN(value) && Number.isNaN(b[i]));
    return same ? worst : Math.max(worst, Math.abs(value - b[i]!) / scale || Infinity);
  }, 0);
}
