import type { Masks } from '../../train/index.ts';
import type { WeightScores } from './scores.ts';

/**
 * Masks off a share of the weights of least score, ranked over all of them (`global`) or within each tensor (`uniform`).
 * Exactly round(sparsity x weights) are masked; of equal ones the first.
 */
export function unstructuredMasks(
  scores: WeightScores,
  { sparsity, scope }: { readonly sparsity: number; readonly scope: 'global' | 'uniform' },
): Masks {
  if (scope === 'uniform')
    return new Map([...scores].map(([name, own]) => [name, lowestMasked([own], sparsity)[0]!]));
  const all = lowestMasked([...scores.values()], sparsity);
  return new Map([...scores.keys()].map((name, i) => [name, all[i]!]));
}

/** A mask for each list of scores, the lowest of all lists together masked off. */
function lowestMasked(lists: readonly Float32Array[], sparsity: number): Uint8Array[] {
  const total = lists.reduce((sum, list) => sum + list.length, 0);
  const count = Math.round(sparsity * total);
  if (count === 0) return lists.map((list) => new Uint8Array(list.length).fill(1));
  const sorted = new Float32Array(total);
  let offset = 0;
  for (const list of lists) {
    sorted.set(list, offset);
    offset += list.length;
  }
  sorted.sort();
  const limit = sorted[count - 1]!;
  // So many of those that equal the limit go as well.
  let equals = count - lowerBound(sorted, limit);
  return lists.map((list) =>
    Uint8Array.from(list, (score) => Number(score > limit || (score === limit && equals-- <= 0))),
  );
}

/** The number of elements below a value in a sorted list. */
function lowerBound(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
