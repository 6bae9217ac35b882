import type { Graph, Node, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { channelAxis, type Layer, layersOf } from './layer.ts';

/** A value that layers read, and how its channels can be divided without changing the function. */
export interface SmoothGroup {
  readonly value: Value;
  /** All layers that read it: their weights take the factors. */
  readonly layers: readonly Layer[];
  readonly channels: number;
  readonly axis: number;
  /** What the factors go into before it; a text says why they cannot. */
  readonly fold: readonly Folding[] | string;
}

/** An input of a node to be divided by the factors of channels (times them for the second operand of Div), or a layer. */
export type Folding =
  | { readonly kind: 'constant'; readonly node: Node; readonly index: number; readonly inverse: boolean }
  | { readonly kind: 'layer'; readonly layer: Layer };

/** The groups of a graph; types must be annotated. `convolutions`: also Conv, not only matrix products. */
export function smoothGroups(
  graph: Graph,
  { convolutions }: { readonly convolutions: boolean },
): SmoothGroup[] {
  const layers = layersOf(graph);
  const byNode = new Map(layers.map((layer) => [layer.node, layer]));
  const byValue = new Map<Value, Layer[]>();
  for (const layer of layers) {
    if (!convolutions && !/^(MatMul|Gemm)$/.test(layer.node.opType)) continue;
    const value = layer.node.input(0);
    if (value.shape && value.dtype === 'float32') byValue.set(value, [...(byValue.get(value) ?? []), layer]);
  }
  return [...byValue].map(([value, readers]) => {
    const axis = channelAxis(readers[0]!, value);
    const group = { value, layers: readers, channels: readers[0]!.inputs, axis };
    return {
      ...group,
      fold: obstacle(graph, group) ?? foldings({ graph, byNode, axis, channels: group.channels }, value),
    };
  });
}

function obstacle(
  graph: Graph,
  { value, layers, axis, channels }: Omit<SmoothGroup, 'fold'>,
): string | undefined {
  if (layers.some((layer) => layer.inputs !== channels || channelAxis(layer, value) !== axis))
    return 'its readers see different channels';
  if (layers.some(({ node }) => node.input(1).uses.length > 1))
    return 'the weights of a reader are used more than once';
  if (graph.outputs.includes(value)) return 'it is an output of the model';
  const others = value.uses.filter(({ node }) => !layers.some((layer) => layer.node === node));
  return others.length > 0 ? `${others[0]!.node.label} reads it as well` : undefined;
}

interface Search {
  readonly graph: Graph;
  readonly byNode: ReadonlyMap<Node, Layer>;
  readonly axis: number;
  readonly channels: number;
}

/** Activations that commute with positive factors. */
const homogeneous: ReadonlySet<string> = new Set(['Relu', 'LeakyRelu', 'Identity']);

/** Goes back from a value to what can take its factors. All values on the way have one reader. */
function foldings(search: Search, value: Value, found: readonly Folding[] = []): readonly Folding[] | string {
  const { producer: node } = value;
  if (node?.domain !== '') return 'what makes it takes no factors';
  const layer = search.byNode.get(node);
  if (layer) return endsAtLayer(search, layer, found);
  const before = (index: number, more: readonly Folding[]) =>
    onlyRead(search, node.input(index)) ?? foldings(search, node.input(index), [...found, ...more]);
  if (homogeneous.has(node.opType)) return before(0, []);
  if (/^(LayerNormalization|RMSNormalization)$/.test(node.opType)) return normalization(search, node, found);
  const index = constantOf(node.inputs[1]) ? 1 : 0;
  const constant = { kind: 'constant', node, index, inverse: node.opType === 'Div' } as const;
  if (!/^(Add|Sub|Mul|Div)$/.test(node.opType) || !isPerChannel(search, node, index))
    return `${node.label} before it takes no factors`;
  if (node.opType === 'Mul' || (node.opType === 'Div' && index === 1)) return [...found, constant];
  return node.opType === 'Div' ? `${node.label} before it takes no factors` : before(1 - index, [constant]);
}

function onlyRead({ graph }: Search, value: Value): string | undefined {
  const single = value.uses.length === 1 && !graph.outputs.includes(value);
  return single ? undefined : `'${value.name}' before it is read elsewhere as well`;
}

function endsAtLayer(search: Search, layer: Layer, found: readonly Folding[]): readonly Folding[] | string {
  const { node } = layer;
  if (layer.outputs !== search.channels || channelAxis(layer, node.output()) !== search.axis)
    return `${node.label} before it has other channels`;
  if (node.input(1).uses.length > 1) return `the weights of ${node.label} before it are used more than once`;
  return [...found, { kind: 'layer', layer }];
}

/** Scale and bias of a normalization over the last axis alone. */
function normalization(
  { channels }: Search,
  node: Node,
  found: readonly Folding[],
): readonly Folding[] | string {
  const indices = node.inputs[2] ? [1, 2] : [1];
  const fits = indices.every((index) => {
    const tensor = constantOf(node.inputs[index]);
    return tensor?.dtype === 'float32' && tensor.shape.length === 1 && tensor.size === channels;
  });
  if (!fits) return `${node.label} before it has no constants for each channel`;
  return [...found, ...indices.map((index): Folding => ({ kind: 'constant', node, index, inverse: false }))];
}

/** Whether a constant operand has one number for each channel, or one in all. */
function isPerChannel({ axis, channels }: Search, node: Node, index: number): boolean {
  const tensor = constantOf(node.inputs[index]);
  const rank = node.output().shape?.length;
  if (tensor?.dtype !== 'float32' || rank === undefined || tensor.shape.length > rank) return false;
  return tensor.shape.every(
    (size, i) => size === 1 || (i + rank - tensor.shape.length === axis && size === channels),
  );
}
