import type { Graph, Node, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { type FakeQuantization, fakeQuantizations } from './fake-quantization.ts';

/**
 * The largest numbers that learned scales may become, in their order: behind a Clip, what keeps all integers within its
 * bounds. Beyond them integers would stand for numbers that the Clip never lets through, and kernels, which do its work
 * by their integers alone, would compute in float. A scale that is above by less than half a step, as 0 must be an
 * integer, stays where it is at most; one that is above by more has no limit, nor has one without a Clip.
 */
export function scaleLimits(graph: Graph, scales: readonly Value[]): Float32Array {
  const limits = new Map<Value, number>();
  for (const fake of fakeQuantizations(graph).values()) {
    const limit = limitOf(fake);
    if (limit !== undefined) limits.set(fake.scale, Math.min(limit, limits.get(fake.scale) ?? Infinity));
  }
  const counts = scales.map((value) => ({ size: value.tensor!.size, limit: limits.get(value) ?? largest }));
  return Float32Array.from(counts.flatMap(({ size, limit }) => new Array<number>(size).fill(limit)));
}

/** No limit: the largest float32. */
const largest = (2 - 2 ** -23) * 2 ** 127;

function limitOf({ x, scale, zeroPoints, min, max }: FakeQuantization): number | undefined {
  const { producer } = x;
  const [start, ...more] = scale.tensor?.toNumbers() ?? [];
  const [zero = 0, ...others] = zeroPoints;
  const isClip = producer?.opType === 'Clip' && producer.domain === '';
  if (!isClip || start === undefined || more.length > 0 || others.length > 0) return undefined;
  const bounds = boundsOf(producer);
  if (!bounds || !(bounds[0] <= 0 && bounds[1] >= 0)) return undefined;
  const sides = [
    { bound: -bounds[0], integers: zero - min },
    { bound: bounds[1], integers: max - zero },
  ].filter(({ integers }) => integers > 0);
  // Rounding hides half a step, and what float32 rounds of it.
  if (sides.some(({ bound, integers }) => start * (integers - 0.5001) > bound)) return undefined;
  const within = sides.map(({ bound, integers }) => roundDown(bound / integers));
  return Math.max(start, Math.min(...within, largest));
}

/** Constant bounds of a Clip, as its operator set 11 and later has them. */
function boundsOf(clip: Node): readonly [number, number] | undefined {
  const [low, high] = [clip.inputs[1], clip.inputs[2]].map((value) =>
    value ? (constantOf(value)?.toNumbers()[0] ?? Number.NaN) : undefined,
  );
  const bounds = [low ?? -Infinity, high ?? Infinity] as const;
  return bounds.some(Number.isNaN) ? undefined : bounds;
}

/** The next float32 that is not above a number. */
function roundDown(number: number): number {
  const rounded = Math.fround(number);
  return rounded > number ? Math.fround(number * (1 - 2 ** -23)) : rounded;
}
