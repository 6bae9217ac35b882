import { UsageError } from '../errors.ts';
import { permutation, type Random, random } from '../random.ts';
import type { Labels } from './split.ts';

export interface OrderOptions {
  /** Seed of the order; without it samples come as they are stored. */
  readonly shuffle?: number;
  /** Draws every class equally often: rare ones come again, frequent ones not all. Needs `shuffle` and labels. */
  readonly balance?: boolean;
}

/** Indices of the first `count` samples in the order in which an epoch takes them; as many as there are samples. */
export function sampleOrder(count: number, labels: Labels | undefined, options: OrderOptions): Uint32Array {
  const { shuffle, balance = false } = options;
  if (balance && labels && shuffle !== undefined)
    return balancedOrder(labels.subarray(0, count), random(shuffle));
  if (balance)
    throw new UsageError(
      `Balanced batches need ${labels ? "a seed: set 'shuffle'" : 'labels, the data have none'}`,
    );
  if (shuffle !== undefined) return permutation(count, random(shuffle));
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** As many indices as labels: each class in turn gives its next sample, and starts anew in another order at its end. */
function balancedOrder(labels: Labels, source: Random): Uint32Array {
  const classes = indicesByClass(labels).filter((indices) => indices.length > 0);
  const rounds = classes.map((indices) => ({ indices, order: permutation(indices.length, source), next: 0 }));
  const drawn = Uint32Array.from({ length: labels.length }, (_, i) => {
    const round = rounds[i % rounds.length]!;
    if (round.next === round.order.length) {
      round.order = permutation(round.indices.length, source);
      round.next = 0;
    }
    return round.indices[round.order[round.next++]!]!;
  });
  return permutation(drawn.length, source).map((index) => drawn[index]!);
}

/** For each class that occurs, where its samples are. */
export function indicesByClass(labels: Labels): number[][] {
  const classes: number[][] = [];
  labels.forEach((label, index) => {
    classes[label] ??= [];
    classes[label].push(index);
  });
  return Array.from(classes, (indices) => indices ?? []);
}
