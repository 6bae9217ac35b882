import type { Node, Value } from '../../ir/index.ts';

/**
 * Channels of a model that can be removed one by one, each with all that depends on it (Fang et al. 2023, DepGraph,
 * arXiv 2301.12900). A channel here is the smallest unit that can go: an attention head, or one channel of each group of
 * a grouped convolution, is one, although it is many indices of its weights.
 */
export interface Group {
  /** Of the first node that makes the channels, with `#2`, `#3` where it makes channels of several groups. */
  readonly name: string;
  /** How many units there are; they are called by the indices 0 to channels - 1. */
  readonly channels: number;
  readonly parts: readonly GroupPart[];
  /** Why nothing can be removed, and what to do about it; undefined if something can. */
  readonly obstacle?: string;
}

/**
 * What a part does for the channels: `output` weights make them, `input` weights read them, a `parameter`
 * (bias, normalization, slope) goes along.
 */
export type PartRole = 'output' | 'input' | 'parameter';

/** An axis of a constant whose indices belong to the group's channels. */
export interface GroupPart {
  /** The node that uses the constant. */
  readonly node: Node;
  readonly initializer: Value;
  readonly axis: number;
  readonly role: PartRole;
  /** The indices along the axis that go with a channel, ascending; none if this part has none of that channel. */
  indices(channel: number): readonly number[];
}
