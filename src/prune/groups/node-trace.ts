import { type Node, usedValues } from '../../ir/index.ts';
import type { AxisLabels, ChannelTrace } from '../../ops/index.ts';
import type { ChannelLabels } from './channel-labels.ts';

/** One node's view of the labels. `scouted` are those of the first round; undefined while it runs. */
export class NodeTrace implements ChannelTrace {
  readonly node: Node;
  readonly #labels: ChannelLabels;
  readonly #scouted: ChannelLabels | undefined;

  constructor(node: Node, labels: ChannelLabels, scouted?: ChannelLabels) {
    this.node = node;
    this.#labels = labels;
    this.#scouted = scouted;
  }

  input(index: number): readonly AxisLabels[] {
    const axes = this.#labels.ofInput(this.node, index);
    // What an unknown operator made has no labels, but still has axes for the rules to count.
    return axes.length > 0 ? axes : (this.node.inputs[index]?.shape ?? []).map(() => undefined);
  }

  output(axes: readonly AxisLabels[], index = 0): void {
    const value = this.node.outputs[index];
    if (value?.name) this.#labels.axes.set(value, axes);
  }

  join(a: AxisLabels, b: AxisLabels): AxisLabels {
    if (!a || !b) {
      this.fix(a ?? b, 'joins it with an axis that must keep its size');
      return a ?? b;
    }
    if (a.length !== b.length) {
      for (const one of [a, b]) this.fix(one, `joins axes of ${a.length} and ${b.length}`);
      return a;
    }
    for (const [i, label] of a.entries()) this.#labels.sets.join(label, b[i]!);
    return a;
  }

  fix(labels: AxisLabels, why: string): void {
    this.#labels.sets.fix(labels, `${this.node.label} ${why}`);
  }

  refuse(why: string): void {
    for (const index of this.node.inputs.keys())
      for (const axis of this.#labels.ofInput(this.node, index)) this.fix(axis, why);
    for (const value of usedValues(this.node))
      for (const axis of this.#labels.ofValue(value)) this.fix(axis, why);
    for (const index of this.node.outputs.keys()) this.output([], index);
  }

  fresh(size: number): Int32Array {
    return this.#labels.sets.fresh(size);
  }

  count(labels: AxisLabels): number {
    const { sets } = this.#labels;
    const free = [...(labels ?? [])].filter((label) => sets.reason(label) === undefined);
    return new Set(free.map((label) => sets.find(label))).size;
  }

  find(label: number): number {
    return this.#labels.sets.find(label);
  }

  role(index: number, axis: number, role: 'output' | 'input'): void {
    const own = this.#labels.use(this.node, index);
    if (own) own.roles.set(axis, role);
    else this.#roleBehind(index, axis, role);
  }

  /**
   * A weight that reaches the node through others (transposed, say): the role is of the axis whose labels arrive. They do
   * not pass an operator without a rule, there the size says which axis it is: so the group is listed, with its obstacle.
   */
  #roleBehind(index: number, axis: number, role: 'output' | 'input'): void {
    const value = this.node.inputs[index];
    if (!value) return;
    const label = this.#labels.ofValue(value)[axis]?.[0];
    for (const { axes, roles } of this.#labels.usesBehind(value)) {
      const at = axes.findIndex((labels, i) =>
        label === undefined ? labels?.length === value.shape?.[axis] && !roles.has(i) : labels?.[0] === label,
      );
      if (at < 0) continue;
      roles.set(at, role);
      return;
    }
  }

  prefer(labels: AxisLabels): void {
    this.#labels.sets.prefer(labels);
  }

  foreseen(axis: number): 'unit' | 'fixed' | 'free' | undefined {
    if (!this.#scouted) return undefined;
    const { axes, sets } = this.#scouted;
    const labels = [...(axes.get(this.node.output())?.[axis] ?? [])];
    if (labels.some((label) => sets.isPreferred(label))) return 'unit';
    return labels.every((label) => sets.reason(label) !== undefined) ? 'fixed' : 'free';
  }
}
