import { type Graph, type Model, type Node, product, Tensor, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { removeUnused } from './remove-unused.ts';

/**
 * A copy of the model in which convolutions do the work of the BatchNormalization that follows them alone:
 * W' = W * s and b' = (b - mean) * s + shift with s = scale / sqrt(variance + epsilon), in float64, stored float32.
 * Training mode, computed parameters and shared outputs stay as they are. Subgraphs too. What reaches no output goes.
 */
export function fuseBatchNormalization(model: Model): Model {
  const copy = model.clone();
  const { graph } = copy;
  for (const node of [...graph.nodes]) {
    const conv = fusibleConv(node, graph);
    if (conv) fuse(graph, conv, node);
  }
  return removeUnused(copy);
}

const is = (node: Node | undefined, opType: string): node is Node =>
  node?.opType === opType && (node.domain === '' || node.domain === 'ai.onnx');

/** The convolution before a BatchNormalization if both can become one. */
function fusibleConv(node: Node, graph: Graph): Node | undefined {
  if (!is(node, 'BatchNormalization') || node.outputs.length > 1 || node.int('training_mode', 0) === 1)
    return undefined;
  const x = node.input(0);
  const conv = x.producer;
  if (!is(conv, 'Conv') || x.uses.length > 1 || graph.outputs.includes(x)) return undefined;
  const constants = [...node.inputs.slice(1), conv.input(1), ...(conv.inputs[2] ? [conv.inputs[2]] : [])];
  return constants.every((value) => constantOf(value)?.dtype === 'float32') ? conv : undefined;
}

const floats = (value: Value): Float32Array => constantOf(value)!.data as Float32Array;

function fuse(graph: Graph, conv: Node, norm: Node): void {
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((index) => floats(norm.input(index))) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const epsilon = norm.float('epsilon', 1e-5);
  const factors = Float64Array.from(scale, (s, i) => s / Math.sqrt(variance[i]! + epsilon));
  const weight = constantOf(conv.input(1))!;
  const perChannel = product(weight.shape.slice(1));
  const bias = conv.inputs[2] && floats(conv.inputs[2]);
  const weights = Float32Array.from(
    weight.data as Float32Array,
    (w, i) => w * factors[Math.floor(i / perChannel)]!,
  );
  const biases = Float32Array.from(shift, (b, i) => ((bias?.[i] ?? 0) - mean[i]!) * factors[i]! + b);
  const biasName = conv.inputs[2]?.name ?? `${conv.input(1).name}_bias`;
  replaceConstant(graph, conv, {
    index: 1,
    name: conv.input(1).name,
    tensor: Tensor.of('float32', weights, weight.shape),
  });
  replaceConstant(graph, conv, { index: 2, name: biasName, tensor: Tensor.of('float32', biases) });
  graph.replaceUses(norm.output(), conv.output());
  const { name } = norm.output();
  const isOutput = graph.outputs.includes(conv.output());
  graph.remove(norm);
  if (isOutput) conv.output().name = name;
}

/** Gives a node a constant of its own; one that nobody else reads goes, and leaves its name. */
function replaceConstant(
  graph: Graph,
  node: Node,
  { index, name, tensor }: { index: number; name: string; tensor: Tensor },
): void {
  const old = node.inputs[index];
  node.setInput(index, undefined);
  if (old) dropUnused(graph, old);
  node.setInput(index, graph.addInitializer(new Value(graph.uniqueName(name), undefined, tensor)));
}

function dropUnused(graph: Graph, value: Value): void {
  if (value.uses.length > 0 || !value.tensor || graph.outputs.includes(value)) return;
  graph.initializers.delete(value.name);
  const at = graph.inputs.indexOf(value);
  if (at >= 0) graph.inputs.splice(at, 1);
}
