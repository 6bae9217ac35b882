import { type Model, Tensor } from '../ir/index.ts';
import type { Feeds } from '../runtime/index.ts';

/**
 * The same samples in batches of `size`, or of the model's own size if that is fixed, inputs batch first; samples that
 * fill no whole batch are left out.
 */
export const slicesFor = (model: Model, feeds: readonly Feeds[], size: number): Feeds[] =>
  feeds.flatMap((batch) => slicesOf(batch, fixedBatch(model) ?? size));

export function fixedBatch({ graph }: Model): number | undefined {
  const dim = graph.feeds[0]?.shape?.[0];
  return typeof dim === 'number' ? dim : undefined;
}

/** Slices of whole `size` samples; what is left over is left out. */
export function slicesOf(feeds: Feeds, size: number): Feeds[] {
  const entries = Object.entries(feeds);
  const count = Math.floor(entries[0]![1].shape[0]! / size);
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      entries.map(([name, { dtype, data, shape }]) => {
        const each = data.length / shape[0]!;
        const part = data.slice(i * size * each, (i + 1) * size * each);
        return [name, Tensor.of(dtype, part as never, [size, ...shape.slice(1)])];
      }),
    ),
  );
}
