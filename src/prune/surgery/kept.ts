import type { Node, Value } from '../../ir/index.ts';
import type { AxisLabels } from '../../ops/index.ts';
import type { ChannelLabels, ConstantUse } from '../groups/channel-labels.ts';

/** What stays of every axis once some labels are gone. */
export class Kept {
  readonly #labels: ChannelLabels;
  readonly #removed: ReadonlySet<number>;

  /** `removed`: labels that stand for their sets. */
  constructor(labels: ChannelLabels, removed: ReadonlySet<number>) {
    this.#labels = labels;
    this.#removed = removed;
  }

  get uses(): readonly ConstantUse[] {
    return this.#labels.uses;
  }

  /** The indices of an axis that stay, ascending; undefined if all do. */
  indices(axis: AxisLabels): readonly number[] | undefined {
    if (!axis) return undefined;
    const stay = [...axis.keys()].filter((i) => !this.#removed.has(this.#labels.sets.find(axis[i]!)));
    return stay.length === axis.length ? undefined : stay;
  }

  ofInput(node: Node, index: number): (readonly number[] | undefined)[] {
    return node.inputs[index] ? this.#labels.ofInput(node, index).map((axis) => this.indices(axis)) : [];
  }

  ofValue(value: Value): (readonly number[] | undefined)[] {
    return (this.#labels.axes.get(value) ?? []).map((axis) => this.indices(axis));
  }

  /** Whether an input or output of the node shrinks. */
  touches(node: Node): boolean {
    const inputs = [...node.inputs.keys()].filter(
      (index) => node.inputs[index]?.tensor === undefined || this.#labels.use(node, index),
    );
    const axes = [
      ...inputs.flatMap((index) => this.ofInput(node, index)),
      ...node.outputs.flatMap((output) => this.ofValue(output)),
    ];
    return axes.some((indices) => indices !== undefined);
  }
}
