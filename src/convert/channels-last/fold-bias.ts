import { type Graph, type Node, Tensor, Value } from '../../ir/index.ts';

/** Makes the Add of one constant per channel behind a Conv that has no bias its bias, IN PLACE. */
export function foldBias(graph: Graph): void {
  for (const add of [...graph.nodes]) {
    const found = add.opType === 'Add' ? convAndBias(graph, add) : undefined;
    if (!found) continue;
    const { conv, bias } = found;
    const sum = add.output();
    const isOutput = graph.outputs.includes(sum);
    graph.replaceUses(sum, conv.output());
    graph.remove(add);
    if (isOutput) conv.output().name = sum.name;
    if (bias.uses.length === 0) graph.initializers.delete(bias.name);
    const tensor = Tensor.of('float32', bias.tensor!.data, [bias.tensor!.size]);
    conv.setInput(2, graph.addInitializer(new Value(graph.uniqueName(bias.name), undefined, tensor)));
  }
}

function convAndBias(graph: Graph, add: Node): { conv: Node; bias: Value } | undefined {
  for (const [x, bias] of [add.inputs, [...add.inputs].reverse()]) {
    const conv = x?.producer;
    const alone = x?.uses.length === 1 && !graph.outputs.includes(x);
    if (conv?.opType !== 'Conv' || conv.inputs[2] || !alone || bias?.tensor?.dtype !== 'float32') continue;
    const channels = conv.input(1).shape?.[0];
    const [first, ...ones] = bias.tensor.shape.slice(-(x!.shape!.length - 1));
    const perChannel = bias.tensor.size === channels && first === channels;
    if (perChannel && ones.length === x!.shape!.length - 2 && ones.every((size) => size === 1))
      return { conv, bias };
  }
  return undefined;
}
