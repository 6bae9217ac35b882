import { type Model, Tensor } from '../ir/index.ts';
import type { Feeds } from '../runtime/index.ts';

/**
 * The same samples in batches of `size`, or of the model's own size if that is fixed, inputs batch first; samples that
 * fill no whole batch are left out. They share memory with `feeds`.
 */
export const slicesFor = (model: Model, feeds: readonly Feeds[], size: number): Feeds[] =>
  feeds.flatMap((batch) => {
    const whole = fixedBatch(model) ?? size;
    return partsOf(batch, whole).filter((part) => samplesOf(part) === whole);
  });

function fixedBatch({ graph }: Model): number | undefined {
  const dim = graph.feeds[0]?.shape?.[0];
  return typeof dim === 'number' ? dim : undefined;
}

/** The batch: the first dimension, if all inputs that have one agree; else the feeds count as one sample. */
export function samplesOf(feeds: Feeds): number {
  const sizes = new Set(
    Object.values(feeds).flatMap(({ shape }) => (shape[0] === undefined ? [] : [shape[0]])),
  );
  const [size = 1, ...others] = sizes;
  return others.length === 0 && size > 0 ? size : 1;
}

/** A batch in parts of at most `size` samples, which share its memory. */
export function partsOf(feeds: Feeds, size: number): Feeds[] {
  const count = samplesOf(feeds);
  if (count <= size) return [feeds];
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => {
    const [from, to] = [i * size, Math.min(count, (i + 1) * size)];
    return Object.fromEntries(
      Object.entries(feeds).map(([name, tensor]) => [name, rowsOf(tensor, from, to)]),
    );
  });
}

function rowsOf({ dtype, bytes, shape }: Tensor, from: number, to: number): Tensor {
  const each = bytes.length / shape[0]!;
  return new Tensor(dtype, [to - from, ...shape.slice(1)], bytes.subarray(from * each, to * each));
}
