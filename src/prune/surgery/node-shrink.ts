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

  keptInput(index: number, axis: number): readonly number[] | undefined {
    return this.#kept.ofInput(this.node, index)[axis];
  }

  keptOutput(index: number, axis: number): readonly number[] | undefined {
    const output = this.node.outputs[index];
    return output && this.#kept.ofValue(output)[axis];
  }

  setInts(name: string, index: number, values: readonly number[], shape?: readonly number[]): void {
    const { node } = this;
    if (node.attributes.has(name)) {
      node.attributes.set(name, { type: 'ints', value: values });
      return;
    }
    const { graph } = this.#model;
    const old = constantOf(node.inputs[index]);
    const dtype: DType = old?.dtype ?? 'int64';
    const tensor = Tensor.of(dtype, values, shape ?? [values.length]);
    const base = `${node.name || node.output().name}.${name}`;
    node.setInput(index, graph.addInitializer(new Value(graph.uniqueName(base), undefined, tensor)));
  }
}
