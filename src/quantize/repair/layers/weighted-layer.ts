import { type Model, type Node, product, type Tensor } from '../../../ir/index.ts';
import { constantOf, opOf, type QuantizeRule } from '../../../ops/index.ts';
import type { QuantizationPlan } from '../../plan.ts';

/**
 * A weighted node as rows of dot products: output channel m of group g is `sum over k of x[g][k] w[g][k][m]`, at each
 * place of the output.
 */
export interface WeightedLayer {
  /** Name of the node's first output: the key of its encoding. */
  readonly name: string;
  /** In the plan's graph, with types. */
  readonly node: Node;
  readonly weight: Tensor;
  /** Name of the value that the node reads. */
  readonly input: string;
  /** Relu, Clip or the like that alone reads the node's output. */
  readonly activation: Node | undefined;
  readonly groups: number;
  /** Numbers that one output is a sum over. */
  readonly columns: number;
  /** Output channels of a group. */
  readonly channels: number;
  /** Where weight [k][m] of a group lies in its tensor: `base + k * column + m * row`. */
  readonly strides: { readonly group: number; readonly column: number; readonly row: number };
}

export interface LayerList {
  readonly layers: readonly WeightedLayer[];
  /** Why a quantized node is not among them, by name. */
  readonly left: ReadonlyMap<string, string>;
}

/** The weighted nodes of a plan, in the order of the graph. */
export function weightedLayers({ nodes }: QuantizationPlan, float: Model): LayerList {
  const layers: WeightedLayer[] = [];
  const left = new Map<string, string>();
  for (const [node, rule] of nodes) {
    if (rule.kind !== 'weighted') continue;
    const layer = layerOf(node, rule, float);
    if (typeof layer === 'string') left.set(node.output().name, layer);
    else layers.push(layer);
  }
  return { layers, left };
}

/** The float value that a layer is to give: behind its activation. */
export const outputOf = ({ node, activation }: WeightedLayer): string => (activation ?? node).output().name;

type Weighted = Extract<QuantizeRule, { kind: 'weighted' }>;

function layerOf(node: Node, rule: Weighted, float: Model): WeightedLayer | string {
  const weight = constantOf(node.input(rule.weight))!;
  const { shape } = weight;
  const [name, input, activation] = [node.output().name, node.input(0).name, activationOf(node, float)];
  const common = { name, node, weight, input, activation };
  if (node.opType === 'Conv') return { ...common, ...convolution(node, shape) };
  if (shape.length !== 2) return `its weight has ${shape.length} dimensions, not 2`;
  if (node.int('transA', 0)) return 'it transposes its input';
  const [k = 1, m = 1] = node.int('transB', 0) ? [shape[1], shape[0]] : shape;
  const strides = node.int('transB', 0) ? { column: 1, row: k } : { column: m, row: 1 };
  return { ...common, groups: 1, columns: k, channels: m, strides: { group: k * m, ...strides } };
}

function convolution(node: Node, shape: readonly number[]) {
  const groups = node.int('group', 1);
  const columns = product(shape.slice(1));
  const channels = shape[0]! / groups;
  return { groups, columns, channels, strides: { group: columns * channels, column: 1, row: columns } };
}

/** Functions of one number that a layer may end with. */
const activations: ReadonlySet<string> = new Set([
  ...['Relu', 'Clip', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'Softplus', 'Mish', 'Gelu'],
  ...['Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh'],
]);

function activationOf(node: Node, { graph, opset }: Model): Node | undefined {
  const output = node.output();
  const [use, ...more] = output.uses;
  const isOutput = graph.outputs.some(({ name }) => name === output.name);
  if (!use || more.length > 0 || isOutput || use.index !== 0) return undefined;
  const { opType, inputs } = use.node;
  const scalars = inputs.slice(1).every((value) => !value || constantOf(value)?.size === 1);
  // Clip had its bounds as attributes before operator set 11.
  const readable = opType !== 'Clip' || opset >= 11;
  return activations.has(opType) && opOf(use.node)?.grad && scalars && readable ? use.node : undefined;
}

/** A weight tensor's elements as [groups, columns, channels]. */
export function toColumns(layer: WeightedLayer, data: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const all = new Float32Array(data.length);
  forEachWeight(layer, (source, target) => {
    all[target] = data[source]!;
  });
  return all;
}

/** The opposite: [groups, columns, channels] as they lie in the weight tensor. */
export function fromColumns(layer: WeightedLayer, data: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const all = new Float32Array(data.length);
  forEachWeight(layer, (source, target) => {
    all[source] = data[target]!;
  });
  return all;
}

function forEachWeight(layer: WeightedLayer, visit: (source: number, target: number) => void): void {
  const { groups, columns, channels, strides } = layer;
  let target = 0;
  for (let g = 0; g < groups; g++)
    for (let k = 0; k < columns; k++)
      for (let m = 0; m < channels; m++)
        visit(g * strides.group + k * strides.column + m * strides.row, target++);
}

/** One number an output channel, or one for all, as [groups, 1, channels]. */
export function perChannel(
  { groups, channels }: WeightedLayer,
  numbers: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: groups * channels }, (_, i) => numbers[numbers.length === 1 ? 0 : i]!);
}
