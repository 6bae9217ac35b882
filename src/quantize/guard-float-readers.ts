import { type Graph, Node, Tensor, toAttribute, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import type { QuantizationPlan } from './plan.ts';

/** Operators whose float weights onnxruntime rounds itself. */
const rounded: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/**
 * Lets float layers behind int8 ones stay float, IN PLACE, when all nodes are in the graph. onnxruntime (its pass
 * WeightBiasQuantization) gives a layer with float weights that reads a DequantizeLinear of one scale int8 weights of one
 * scale a tensor, which ruins depthwise layers. It leaves those alone that read a scale for each channel: so they get
 * the same scale once a channel or, where that cannot be written, a Max that changes nothing.
 */
export function guardFloatReaders(graph: Graph, plan: QuantizationPlan): void {
  if (plan.target && !plan.target.name.startsWith('ort-')) return;
  for (const pair of graph.nodes.filter(({ opType }) => opType === 'DequantizeLinear')) {
    const real = pair.output();
    const layers = real.uses.filter(({ node, index }) => index === 0 && isFloatLayer(node));
    if (layers.length === 0) continue;
    const channels = real.shape?.[1];
    const isPerAxis = typeof channels === 'number' && channels > 1;
    if (isPerAxis && layers.length === real.uses.length && !graph.outputs.includes(real)) {
      repeatScale(graph, pair, channels);
      continue;
    }
    const guard = isPerAxis ? repeatScale(graph, again(graph, pair), channels) : atLeast(graph, pair);
    for (const { node, index } of layers) node.setInput(index, guard);
  }
}

const isFloatLayer = (node: Node): boolean =>
  rounded.has(node.opType) &&
  constantOf(node.inputs[1])?.dtype === 'float32' &&
  node.input(1).producer === undefined;

/** A DequantizeLinear like another one, behind it. */
function again(graph: Graph, pair: Node): Node {
  const output = guardOf(graph, pair);
  return inserted(graph, pair, new Node({ ...named(output, pair.opType), inputs: pair.inputs }));
}

/** Gives a DequantizeLinear its scale and zero point once a channel. */
function repeatScale(graph: Graph, pair: Node, channels: number): Value {
  for (const index of [1, 2]) {
    const { name } = pair.input(index);
    const tensor = constantOf(pair.input(index))!;
    const data = new Array<number>(channels).fill(tensor.toNumbers()[0]!);
    const repeated = Tensor.of(tensor.dtype, data, [channels]);
    pair.setInput(
      index,
      graph.addInitializer(new Value(graph.uniqueName(`${name}_channels`), undefined, repeated)),
    );
  }
  pair.attributes.set('axis', toAttribute('axis', 1));
  return pair.output();
}

/** Behind a DequantizeLinear the larger of a value and a number that is smaller than all integers stand for. */
function atLeast(graph: Graph, pair: Node): Value {
  const [scale, zeroPoint] = [1, 2].map((index) => constantOf(pair.input(index))!.toNumbers()[0]!);
  const least = Tensor.scalar('float32', -2 * scale! * (256 + Math.abs(zeroPoint!)));
  const output = guardOf(graph, pair);
  const bound = graph.addInitializer(new Value(graph.uniqueName(`${output.name}_least`), undefined, least));
  return inserted(
    graph,
    pair,
    new Node({ ...named(output, 'Max'), inputs: [pair.output(), bound] }),
  ).output();
}

const guardOf = (graph: Graph, pair: Node): Value =>
  new Value(graph.uniqueName(`${pair.output().name}_unrounded`), pair.output().type);

const named = (output: Value, opType: string) => ({
  ...{ opType, outputs: [output] },
  name: `${output.name}_${opType}`,
});

function inserted(graph: Graph, behind: Node, node: Node): Node {
  graph.insert(node, graph.nodes[graph.nodes.indexOf(behind) + 1]);
  return node;
}
