import { type Graph, type Node, product, Tensor, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import type { AddedConstant } from './chain.ts';

/** Multiplies a constant that is added between two layers by a factor for each channel of the first one. */
export function scaleAdded(graph: Graph, { node, index, place }: AddedConstant, factors: Float64Array): void {
  const tensor = constantOf(node.input(index))!;
  const data = tensor.data as Float32Array;
  const behind = node.output().shape!.length - 1 - place.axis;
  const size = factors.length * place.inner;
  const shape = tensor.size === 1 ? [size, ...new Array<number>(behind).fill(1)] : tensor.shape;
  const after = product(shape.slice(shape.length - behind));
  const scaled = Float32Array.from({ length: product(shape) }, (_, i) => {
    const channel = Math.floor((Math.floor(i / after) % size) / place.inner);
    return data[tensor.size === 1 ? 0 : i]! * factors[channel]!;
  });
  setConstant(graph, { node, index }, Tensor.of('float32', scaled, shape));
}

/** Gives one input of a node another constant; other readers of the old one keep it. */
export function setConstant(
  graph: Graph,
  { node, index }: { readonly node: Node; readonly index: number },
  tensor: Tensor,
): void {
  const old = node.input(index);
  if (old.tensor && old.uses.length === 1 && !graph.inputs.includes(old) && !graph.outputs.includes(old)) {
    old.tensor = tensor;
    old.type = { dtype: tensor.dtype, shape: tensor.shape };
    return;
  }
  const name = graph.uniqueName(`${old.name}_scaled`);
  node.setInput(index, graph.addInitializer(new Value(name, undefined, tensor)));
}
