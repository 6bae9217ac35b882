import type { Node, Value } from '../../ir/index.ts';
import type { AxisLabels } from '../../ops/index.ts';
import { LabelSets } from './label-sets.ts';

/** A constant as one node uses it. */
export interface ConstantUse {
  readonly node: Node;
  readonly index: number;
  readonly value: Value;
  readonly axes: readonly AxisLabels[];
  /** By axis; an axis that is not here is a parameter's. */
  readonly roles: Map<number, 'output' | 'input'>;
}

/** The labels of all axes of all values of a graph, and what of them goes together. */
export class ChannelLabels {
  readonly sets = new LabelSets();
  /** Of values that nodes make, graph inputs, and constants that all nodes see alike. */
  readonly axes = new Map<Value, readonly AxisLabels[]>();
  readonly #uses = new Map<Node, Map<number, ConstantUse>>();
  readonly #computed = new Set<Value>();

  /** All uses of constants whose axes a node asked for, in the order of the nodes. */
  get uses(): ConstantUse[] {
    return [...this.#uses.values()].flatMap((uses) => [...uses.values()]);
  }

  use(node: Node, index: number): ConstantUse | undefined {
    return this.#uses.get(node)?.get(index);
  }

  usesOf(node: Node): ConstantUse[] {
    return [...(this.#uses.get(node)?.values() ?? [])];
  }

  /** Notes what a node makes of nothing but constants. In the order of the nodes. */
  noteComputed({ inputs, outputs }: Node): void {
    const present = inputs.filter((value) => value !== undefined);
    if (present.length > 0 && present.every((value) => value.tensor || this.#computed.has(value)))
      for (const output of outputs) this.#computed.add(output);
  }

  /** The constants of which a value is computed, if it is of nothing else, as the nodes on the way to it use them. */
  usesBehind(value: Value): ConstantUse[] {
    const node = this.#computed.has(value) ? value.producer : undefined;
    if (!node) return [];
    return [...this.usesOf(node), ...node.inputs.flatMap((input) => (input ? this.usesBehind(input) : []))];
  }

  /** Labels of an input as this node sees them. */
  ofInput(node: Node, index: number): readonly AxisLabels[] {
    const value = node.inputs[index];
    if (!value) return [];
    if (!value.tensor || this.axes.has(value)) {
      if (value.tensor) this.#register(node, index, this.axes.get(value)!);
      return this.ofValue(value);
    }
    const known = this.use(node, index);
    return known ? known.axes : this.#register(node, index, this.#labelConstant(value));
  }

  ofValue(value: Value): readonly AxisLabels[] {
    if (value.tensor && !this.axes.has(value)) return this.#labelConstant(value);
    return this.axes.get(value) ?? (value.shape ?? []).map(() => undefined);
  }

  /** New labels for all axes; an axis of one index has none, since it cannot lose it. */
  label(value: Value): AxisLabels[] {
    return (value.shape ?? []).map((dim) =>
      typeof dim === 'number' && dim > 1 ? this.sets.fresh(dim) : undefined,
    );
  }

  /**
   * Tied weights stay tied. A vector is one use's own: that two normalizations share a constant of ones says nothing
   * about their channels.
   */
  #labelConstant(value: Value): AxisLabels[] {
    const axes = this.label(value);
    if (axes.filter(Boolean).length > 1) this.axes.set(value, axes);
    return axes;
  }

  #register(node: Node, index: number, axes: readonly AxisLabels[]): readonly AxisLabels[] {
    const value = node.input(index);
    const uses = this.#uses.get(node) ?? new Map<number, ConstantUse>();
    this.#uses.set(node, uses);
    if (!uses.has(index)) uses.set(index, { node, index, value, axes, roles: new Map() });
    return axes;
  }
}
