import { product, type Tensor } from '../../ir/index.ts';
import type { Group, GroupPart } from '../groups/index.ts';

/** Sums a value of each element of a part's weights over the elements that belong to each channel of its group. */
export function channelSums(part: GroupPart, channels: number, values: Float64Array): Float64Array {
  const { shape } = tensorOf(part);
  const size = shape[part.axis]!;
  const inner = product(shape.slice(part.axis + 1));
  const outer = product(shape.slice(0, part.axis));
  const sums = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (const index of part.indices(channel))
      for (let o = 0; o < outer; o++) {
        const start = (o * size + index) * inner;
        for (let i = start; i < start + inner; i++) sum += values[i]!;
      }
    sums[channel] = sum;
  }
  return sums;
}

/** The product of each weight with its gradient. */
export function weightedGradients(part: GroupPart, gradient: ArrayLike<number>): Float64Array {
  const weights = tensorOf(part).data as Float32Array;
  const products = new Float64Array(weights.length);
  for (let i = 0; i < products.length; i++) products[i] = weights[i]! * gradient[i]!;
  return products;
}

/** The mean over the parts that say something of a group; undefined if none does. */
export function meanOfParts(
  { channels, parts }: Group,
  sumsOf: (part: GroupPart) => Float64Array | undefined,
): Float64Array | undefined {
  const all = parts.flatMap((part) => sumsOf(part) ?? []);
  if (all.length === 0) return undefined;
  return Float64Array.from(
    { length: channels },
    (_, c) => all.reduce((sum, one) => sum + one[c]!, 0) / all.length,
  );
}

/** Scores of the groups for which there are any. */
export function scoresOf(
  groups: readonly Group[],
  scoreOf: (group: Group) => Float64Array | undefined,
): Map<string, Float64Array> {
  const entries = groups.flatMap((group) => {
    const scores = scoreOf(group);
    return scores ? [[group.name, scores] as const] : [];
  });
  return new Map(entries);
}

/** A part is always of a constant. */
export const tensorOf = ({ initializer }: GroupPart): Tensor => initializer.tensor!;
