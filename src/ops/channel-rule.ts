import type { Node } from '../ir/index.ts';

/**
 * One label for each index of an axis: indices with the same label, of whatever value, can only be removed together.
 * Undefined for an axis that nothing is removed from.
 */
export type AxisLabels = Int32Array | undefined;

/** What the removal of channels means to an operator. Absent: channels that reach the node must stay. */
export interface ChannelRule {
  /** Joins the labels of the inputs that go together, and labels the outputs. The node's types are known. */
  trace(t: ChannelTrace): void;

  /** Adapts attributes and constants such as sizes once channels are gone. Weights shrink without it. */
  shrink?(s: ChannelShrink): void;
}

export interface ChannelTrace {
  readonly node: Node;
  /** Labels of the axes of an input, those of a constant fresh; none for an input that is left out. */
  input(index: number): readonly AxisLabels[];
  /** Labels the axes of an output. Outputs that are not mentioned have none. */
  output(axes: readonly AxisLabels[], index?: number): void;
  /**
   * Makes two axes of equal size go together, index by index, and gives the labels of both. Where one has none, nothing
   * of the other can be removed.
   */
  join(a: AxisLabels, b: AxisLabels): AxisLabels;
  /** Nothing with these labels may be removed; `why` completes "Softmax 'x' ...", and says the remedy if there is one. */
  fix(labels: AxisLabels, why: string): void;
  /** Nothing of any input may be removed, and the outputs have no labels. */
  refuse(why: string): void;
  /** Labels of indices that nothing is coupled to yet. */
  fresh(size: number): Int32Array;
  /** How many different units of channels an axis has now, without those that must stay. */
  count(labels: AxisLabels): number;
  /** The label that stands for all that go with this one by now. */
  find(label: number): number;
  /** What an axis of a constant input does for its channels, if it is neither bias nor slope nor the like. */
  role(index: number, axis: number, role: 'output' | 'input'): void;
  /** Whole slices of this axis are the natural unit (attention heads): where an axis is split, this part carries the labels. */
  prefer(labels: AxisLabels): void;
  /**
   * How an axis of the output turned out when every part of a split axis had labels of its own: a `unit` that is
   * preferred, or `fixed`. Undefined while that is being found out.
   */
  foreseen(axis: number): 'unit' | 'fixed' | 'free' | undefined;
}

export interface ChannelShrink {
  readonly node: Node;
  /** Version of the node's operator set. */
  readonly opset: number;
  /** The indices along an axis of an input that stay, ascending; undefined if all do. */
  keptInput(index: number, axis: number): readonly number[] | undefined;
  keptOutput(index: number, axis: number): readonly number[] | undefined;
  /** Replaces a list of integers: attribute `name` where old operator sets have one, else constant input `index`. */
  setInts(name: string, index: number, values: readonly number[]): void;
}
