import { UsageError } from '../errors.ts';
import { permutation, type Random, random } from '../random.ts';
import { indicesByClass } from './sample-order.ts';
import type { Labels } from './split.ts';

export interface HoldOutOptions {
  /** Chooses the samples. Default 0. */
  readonly seed?: number;
  /** Keeps the parts of the classes in every split. Default: true where there are labels. */
  readonly stratified?: boolean;
}

/**
 * Parts 0..size-1 into one ascending list of indices for each fraction, and `train` for the rest. Stratified by the
 * largest remainders (Hamilton), so that the sizes are those of the fractions, rounded. Throws UsageError if a fraction
 * is not between 0 and 1, or a split would have no sample.
 */
export function holdOut(
  { size, labels }: { readonly size: number; readonly labels?: Labels | undefined },
  fractions: Readonly<Record<string, number>>,
  { seed = 0, stratified = labels !== undefined }: HoldOutOptions = {},
): Record<string, Uint32Array> {
  checkFractions(fractions, size);
  if (stratified && !labels) throw new UsageError("'stratified' needs labels, the data have none");
  const source = random(seed);
  let groups = stratified
    ? indicesByClass(labels!).map((indices) => shuffled(indices, source))
    : [[...permutation(size, source)]];
  const held = Object.entries(fractions).map(([name, fraction]) => {
    const counts = apportion(
      groups.map((group) => group.length),
      Math.round(fraction * size),
      size * fraction,
    );
    const taken = groups.flatMap((group, i) => group.slice(0, counts[i]!));
    groups = groups.map((group, i) => group.slice(counts[i]!));
    return [name, ascending(taken)] as const;
  });
  return { train: ascending(groups.flat()), ...Object.fromEntries(held) };
}

function checkFractions(fractions: Readonly<Record<string, number>>, size: number): void {
  for (const [name, fraction] of Object.entries(fractions)) {
    if (!(fraction > 0 && fraction < 1))
      throw new UsageError(`The part '${name}' must be a fraction between 0 and 1, was ${fraction}`);
    if (Math.round(fraction * size) < 1)
      throw new UsageError(
        `'${name}' would have none of the ${size} samples at ${fraction}: take a larger part`,
      );
  }
  const counts = Object.values(fractions).map((fraction) => Math.round(fraction * size));
  if (counts.reduce((a, b) => a + b, 0) < size) return;
  throw new UsageError(
    `The parts ${Object.entries(fractions)
      .map(([name, f]) => `${name} ${f}`)
      .join(' and ')} leave none of the ${size} samples to train on: take smaller ones`,
  );
}

/** Whole parts of `sizes` that sum to `wanted`, each as near to its share as can be. */
function apportion(sizes: readonly number[], wanted: number, exact: number): number[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  const shares = sizes.map((size) => (size * Math.min(exact, total)) / total);
  const counts = shares.map(Math.floor);
  const byRemainder = [...sizes.keys()].sort((a, b) => shares[b]! - counts[b]! - (shares[a]! - counts[a]!));
  let missing = wanted - counts.reduce((a, b) => a + b, 0);
  for (const i of [...byRemainder, ...byRemainder]) {
    if (missing <= 0) break;
    if (counts[i]! >= sizes[i]!) continue;
    counts[i]!++;
    missing--;
  }
  return counts;
}

const shuffled = (indices: readonly number[], source: Random): number[] =>
  Array.from(permutation(indices.length, source), (i) => indices[i]!);

const ascending = (indices: readonly number[]): Uint32Array => Uint32Array.from(indices).sort();
