import { type DType, type Model, type Node, Tensor, Value } from '../../ir/index.ts';
import { type ChannelShrink, constantOf } from '../../ops/index.ts';
import type { Kept } from './kept.ts';

/** One node of a model whose channels are being removed. */
export class NodeShrink implements ChannelShrink {
  readonly node: Node;
  readonly opset: number;
  readonly #kept: Kept;
  readonly #model: Model;

  constructor(node: Node, kept: Kept, model: Model) {
    this.node = node;
    this.#kept = kept;
    this.#model = model;
    this.opset = model.opsets.get(node.domain) ?? model.opset;
  }

  readonly keptInput = (index: number, axis: number): readonly number[] | undefined =>
    this.#kept.ofInput(this.node, index)[axis];

  readonly keptOutput = (index: number, axis: number): readonly number[] | undefined => {
    const output = this.node.outputs[index];
    return output && this.#kept.ofValue(output)[axis];
  };

  readonly setInts = (name: string, index: number, values: readonly number[]): void => {
    const { node } = this;
    if (node.attributes.has(name)) {
      node.attributes.set(name, { type: 'ints', value: values });
      return;
    }
    const { graph } = this.#model;
    const dtype: DType = constantOf(node.inputs[index])?.dtype ?? 'int64';
    const base = `${node.name || node.output().name}.${name}`;
    const value = new Value(graph.uniqueName(base), undefined, Tensor.of(dtype, values));
    node.setInput(index, graph.addInitializer(value));
  };
}
