import { type Graph, type Node, product, Tensor, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';

/** A convolution or matrix product with constant float32 weights, and where its channels lie. */
export interface Layer {
  readonly node: Node;
  readonly weight: Tensor;
  /** Number of input channels (features of a matrix product). */
  readonly inputs: number;
  readonly outputs: number;
  /** The input channel that the weight at a flat index reads. */
  inputOf(index: number): number;
  /** The output channel that it leads to. */
  outputOf(index: number): number;
}

type Shape = Omit<Layer, 'node' | 'weight'>;

/** How each kind of layer lays out its weights; undefined where it does so in another way. */
const layouts: Readonly<Record<string, ((node: Node, weight: Tensor) => Shape | undefined) | undefined>> = {
  Conv(node, { shape }) {
    const [outputs = 0, perGroup = 0] = shape;
    const groups = node.int('group', 1);
    const [inner, kernel] = [product(shape.slice(1)), product(shape.slice(2))];
    const outputOf = (i: number) => Math.floor(i / inner);
    const inputOf = (i: number) =>
      Math.floor((outputOf(i) * groups) / outputs) * perGroup + (Math.floor(i / kernel) % perGroup);
    return { inputs: perGroup * groups, outputs, inputOf, outputOf };
  },
  ConvTranspose(node, { shape }) {
    const [inputs = 0, perGroup = 0] = shape;
    const groups = node.int('group', 1);
    const [inner, kernel] = [product(shape.slice(1)), product(shape.slice(2))];
    const inputOf = (i: number) => Math.floor(i / inner);
    const outputOf = (i: number) =>
      Math.floor((inputOf(i) * groups) / inputs) * perGroup + (Math.floor(i / kernel) % perGroup);
    return { inputs, outputs: perGroup * groups, inputOf, outputOf };
  },
  Gemm(node, { shape }) {
    if (node.int('transA', 0)) return undefined;
    return matrix(shape, node.int('transB', 0) === 1);
  },
  MatMul: (_node, { shape }) => (shape.length === 2 ? matrix(shape, false) : undefined),
};

function matrix([rows = 0, columns = 0]: readonly number[], transposed: boolean): Shape {
  const row = (i: number) => Math.floor(i / columns);
  const column = (i: number) => i % columns;
  return transposed
    ? { inputs: columns, outputs: rows, inputOf: column, outputOf: row }
    : { inputs: rows, outputs: columns, inputOf: row, outputOf: column };
}

/** The node as a layer; undefined if it is none, or its weights are not constant, or its bias is not one number a channel. */
export function layerOf(node: Node): Layer | undefined {
  const weight = node.domain === '' ? constantOf(node.inputs[1]) : undefined;
  if (weight?.dtype !== 'float32' || constantOf(node.inputs[0])) return undefined;
  const shape = layouts[node.opType]?.(node, weight);
  if (!shape || (node.inputs[2] && !biasOf(node, shape.outputs))) return undefined;
  return { node, weight, ...shape };
}

/** All layers of a graph, in order. */
export const layersOf = (graph: Graph): Layer[] => graph.nodes.flatMap((node) => layerOf(node) ?? []);

/** Whether each output channel reads the input channel of its number and no other. */
export const isDepthwise = ({ node, inputs, outputs }: Layer): boolean =>
  /^Conv(Transpose)?$/.test(node.opType) && inputs === outputs && node.int('group', 1) === inputs;

/** The axis of the channels in what a layer reads or gives. */
export const channelAxis = ({ node }: Layer, value: Value): number =>
  node.opType === 'MatMul' ? value.shape!.length - 1 : 1;

/** What a layer adds to each output channel (beta of a Gemm included); undefined if it has no constant bias. */
export function biasOf(node: Node, outputs: number): Float64Array | undefined {
  const bias = constantOf(node.inputs[2]);
  const fits = bias?.size === 1 || (bias?.size === outputs && bias.shape.at(-1) === outputs);
  if (bias?.dtype !== 'float32' || !fits) return undefined;
  const beta = node.opType === 'Gemm' ? node.float('beta', 1) : 1;
  const data = bias.data as Float32Array;
  return Float64Array.from({ length: outputs }, (_, i) => beta * data[data.length === 1 ? 0 : i]!);
}

/** Multiplies the weights of a layer in place by factors of their channels, in float64. Nothing else may read them. */
export function scaleWeight(
  layer: Layer,
  { output, input }: { output(channel: number): number; input(channel: number): number },
): void {
  const value = layer.node.input(1);
  const data = (constantOf(value)!.data as Float32Array).map(
    (w, i) => w * output(layer.outputOf(i)) * input(layer.inputOf(i)),
  );
  value.tensor = Tensor.of('float32', data, layer.weight.shape);
}

/** Gives a layer that takes a bias (not MatMul) another one, in a constant of its own. */
export function setBias(graph: Graph, { node, outputs }: Layer, bias: Float64Array): void {
  const beta = node.opType === 'Gemm' ? node.float('beta', 1) : 1;
  const data = Float32Array.from(bias, (b) => (beta === 0 ? b : b / beta));
  const tensor = Tensor.of('float32', data, [outputs]);
  const old = node.inputs[2];
  if (beta === 0) node.attributes.delete('beta');
  if (old?.tensor && old.uses.length === 1 && !graph.inputs.includes(old)) {
    old.tensor = tensor;
    old.type = { dtype: 'float32', shape: [outputs] };
    return;
  }
  const name = graph.uniqueName(`${node.input(1).name}_bias`);
  node.setInput(2, graph.addInitializer(new Value(name, undefined, tensor)));
}
