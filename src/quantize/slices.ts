import { type Model, Tensor } from '../ir/index.ts';
import type { Feeds } from '../runtime/index.ts';

/**
 * The same samples in batches of `size`, or of the model's own size if that is fixed, inputs batch first; samples that
 * fill no whole batch are left out. They share memory with `feeds`.
 */
export const slicesFor = (model: Model, feeds: readonly Feeds[], size: number): Feeds[] =>
  feeds.flatMap((batch) => {
    const whole = fixedBatch(model) ?? size;
    return partsOf(batch, whole).filter((part) => countOf(part) === whole);
  });

function fixedBatch({ graph }: Model): number | undefined {
  const dim = graph.feeds[0]?.shape?.[0];
  return typeof dim === 'number' ? dim : undefined;
}

const countOf = (feeds: Feeds): number => Object.values(feeds)[0]!.shape[0]!;

/** A batch in parts of at most `size` samples, which share its memory. All feeds have the batch as first dimension. */
export function partsOf(feeds: Feeds, size: number): Feeds[] {
  const count = countOf(feeds);
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
