import type { Group, GroupPart } from '../groups/group.ts';
import type { BlockReader } from './block-reader.ts';

/** Vectors of a weight that a search looks at: enough to rank orders, few enough for wide layers. */
const sampledVectors = 256;

interface Reading {
  readonly reader: BlockReader;
  readonly part: GroupPart;
  readonly step: number;
}

/** The channels of one group in their places, and what readers keep of them. */
export class Stripes {
  /** By place, the channel that is there. */
  readonly order: number[];
  /** Blocks of weights looked at, summed over vectors. */
  spent = 0;
  readonly m: number;
  readonly #readings: readonly Reading[];

  constructor(group: Group, readers: readonly BlockReader[], m: number) {
    this.m = m;
    this.order = Array.from({ length: group.channels }, (_, channel) => channel);
    this.#readings = readers.flatMap((reader) =>
      readingParts(group, reader).map((part) => {
        return { reader, part, step: Math.max(1, Math.floor(reader.vectors / sampledVectors)) };
      }),
    );
  }

  get count(): number {
    return Math.ceil(this.order.length / this.m);
  }

  /** The places of a stripe. */
  places(stripe: number): number[] {
    const first = stripe * this.m;
    return Array.from({ length: Math.min(this.m, this.order.length - first) }, (_, i) => first + i);
  }

  put(places: readonly number[], channels: readonly number[]): void {
    for (const [i, place] of places.entries()) {
      const channel = channels[i]!;
      this.order[place] = channel;
      for (const { reader, part } of this.#readings) {
        const from = part.indices(channel);
        for (const [k, to] of part.indices(place).entries()) reader.order[to] = from[k]!;
      }
    }
  }

  /** Magnitude kept in the blocks that hold some places. With `isExact` over all vectors, else over a sample of them. */
  kept(places: readonly number[], isExact = false): number {
    let sum = 0;
    for (const { reader, part, step } of this.#readings) {
      const touched = new Set(
        places.flatMap((place) => part.indices(place).map((at) => Math.floor(at / this.m))),
      );
      for (const block of touched) sum += isExact ? reader.kept(block) : reader.kept(block, step) * step;
      this.spent += touched.size * Math.ceil(reader.vectors / (isExact ? 1 : step));
    }
    return sum;
  }

  total(isExact = false): number {
    return this.kept([...this.order.keys()], isExact);
  }
}

/** Where a weight is summed up along channels of the group. */
export const readingParts = (group: Group, { weight }: Pick<BlockReader, 'weight'>): GroupPart[] => {
  const found = group.parts.filter(
    ({ initializer, axis }) => initializer.name === weight.name && axis === weight.axis,
  );
  // Nodes that share a weight read the same places.
  return found.slice(0, 1);
};
