import type { Shape } from '../ir/index.ts';

/** Axes of an input that become axes of an output, and none of the others; those of size 1 are left out. */
export interface Segment {
  readonly inputs: readonly SegmentAxis[];
  readonly outputs: readonly SegmentAxis[];
  /** Sizes that both sides are made of, slowest first; undefined if no such sizes exist, as from [2, 3] to [3, 2]. */
  readonly factors: readonly number[] | undefined;
}

export interface SegmentAxis {
  readonly axis: number;
  readonly size: number;
  /** The axis is factors first to last - 1. */
  readonly first: number;
  readonly last: number;
}

/** A prime for each symbolic size, so that products of sizes tell whether they are the same. */
const primes = [1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081];

/**
 * What a change of shape does to the axes: the finest parts that both shapes fall into. Undefined if too little is
 * known of the sizes, or there are none.
 */
export function reshapeSegments(from: Shape, to: Shape): Segment[] | undefined {
  const sizes = sizesOf(from, to);
  if (!sizes) return undefined;
  const [ins, outs] = sizes.map((list) =>
    list.map((size, axis) => ({ axis, size })).filter(({ size }) => size !== 1),
  ) as [Sized[], Sized[]];
  const segments: Segment[] = [];
  while (ins.length > 0) {
    const segment = nextSegment(ins, outs);
    if (!segment) return undefined;
    segments.push(segment);
  }
  return outs.length > 0 ? undefined : segments;
}

type Sized = Pick<SegmentAxis, 'axis' | 'size'>;

/** Sizes as numbers; a single unknown one of the output follows from the others. */
function sizesOf(from: Shape, to: Shape): [number[], number[]] | undefined {
  const names = [...new Set([...from, ...to].filter((dim) => typeof dim === 'string'))];
  const size = (dim: Shape[number]): number =>
    dim === null ? 0 : typeof dim === 'number' ? dim : (primes[names.indexOf(dim)] ?? 0);
  const [ins, outs] = [from.map(size), to.map(size)];
  const total = ins.reduce((a, b) => a * b, 1);
  if (total === 0 || to.filter((dim) => dim === null).length > 1) return undefined;
  const open = to.indexOf(null);
  if (open >= 0) outs[open] = total / outs.reduce((a, b) => a * (b || 1), 1);
  return outs.every((one) => Number.isInteger(one) && one > 0) ? [ins, outs] : undefined;
}

/** Takes as many axes from the front of both lists as have equal products. */
function nextSegment(ins: Sized[], outs: Sized[]): Segment | undefined {
  const [left, right]: [Sized[], Sized[]] = [[], []];
  let [a, b] = [1, 1];
  do {
    const side = a <= b ? ins : outs;
    const next = side.shift();
    if (!next) return undefined;
    if (side === ins) {
      left.push(next);
      a *= next.size;
    } else {
      right.push(next);
      b *= next.size;
    }
  } while (a !== b);
  return segmentOf(left, right);
}

function segmentOf(left: readonly Sized[], right: readonly Sized[]): Segment {
  const bounds = [...new Set([...boundsOf(left), ...boundsOf(right)])].sort((a, b) => b - a);
  const factors = bounds.slice(0, -1).map((bound, i) => bound / bounds[i + 1]!);
  const place = (list: readonly Sized[]): SegmentAxis[] => {
    const own = boundsOf(list);
    return list.map((axis, i) => ({
      ...axis,
      first: bounds.indexOf(own[i]!),
      last: bounds.indexOf(own[i + 1]!),
    }));
  };
  const whole = factors.every(Number.isInteger);
  return { inputs: place(left), outputs: place(right), factors: whole ? factors : undefined };
}

/** How many elements are left from each axis on; 1 at the end. */
function boundsOf(list: readonly Sized[]): number[] {
  const bounds = [1];
  for (const { size } of list.toReversed()) bounds.unshift(bounds[0]! * size);
  return bounds;
}
