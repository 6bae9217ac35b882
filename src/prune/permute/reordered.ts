import { ModelError } from '../../errors.ts';
import type { AxisLabels } from '../../ops/index.ts';
import type { ChannelLabels, ConstantUse } from '../groups/channel-labels.ts';

/** Where the elements of every axis come from once channels changed places. */
export class Reordered {
  readonly #labels: ChannelLabels;
  readonly #sources: ReadonlyMap<number, number>;

  /** `sources`: by label that stands for its set, the one whose channel takes its place. */
  constructor(labels: ChannelLabels, sources: ReadonlyMap<number, number>) {
    this.#labels = labels;
    this.#sources = sources;
  }

  get uses(): readonly ConstantUse[] {
    return this.#labels.uses;
  }

  /** By place along an axis the index to take; undefined if all stay. */
  indices(axis: AxisLabels): readonly number[] | undefined {
    if (!axis) return undefined;
    const roots = [...axis].map((label) => this.#labels.sets.find(label));
    if (!roots.some((root) => this.#sources.has(root))) return undefined;
    const places = new Map<number, number[]>();
    const ranks = roots.map((root, i) => {
      const own = places.get(root) ?? [];
      places.set(root, own);
      return own.push(i) - 1;
    });
    return roots.map((root, i) => {
      const source = this.#sources.get(root);
      if (source === undefined) return i;
      const from = places.get(source);
      if (from?.length !== places.get(root)!.length)
        throw new ModelError('Channels that change places must have equally many elements everywhere');
      return from[ranks[i]!]!;
    });
  }
}
