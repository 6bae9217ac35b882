import type { Node, Value } from '../../src/ir/index.ts';
import { constantOf, type LayerCost } from '../../src/ops/index.ts';

/** Work of one layer, in numbers of elements: their bytes depend on the precision that it is estimated in. */
export interface Layer {
  readonly node: Node;
  readonly macs: number;
  /** Elements of constants that it reads. */
  readonly weights: number;
  /** Elements that it reads and writes beside them. */
  readonly moved: number;
  /** A convolution whose groups use few multipliers at once. */
  readonly grouped: boolean;
  /** An activation that is part of the layer before it, unless the device has no kernel for it. */
  readonly joined: boolean;
}

/** They only say how numbers are to be read: no runtime spends time on them. */
const viewing = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'Identity',
  'Dropout',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Cast',
  'Constant',
  'ConstantOfShape',
  'Shape',
]);

/** Activations that runtimes compute while they write the layer before. */
const joining = new Set([
  'Relu',
  'Clip',
  'LeakyRelu',
  'PRelu',
  'HardSwish',
  'HardSigmoid',
  'Sigmoid',
  'Tanh',
]);

export const isView = ({ opType }: Node): boolean => viewing.has(opType);

/** True if the node is part of the layer before it: an activation that alone reads what that gives. */
export function joins(node: Node): boolean {
  const input = node.inputs[0];
  return joining.has(node.opType) && input?.producer !== undefined && input.uses.length === 1;
}

/** A constant, as it is or as integers behind DequantizeLinear. */
export function isWeight(value: Value): boolean {
  const { producer } = value;
  if (producer?.opType === 'DequantizeLinear') return constantOf(producer.inputs[0]) !== undefined;
  return constantOf(value) !== undefined;
}

/** Number of elements; an open dimension counts as 1, as MACs count it. */
export const elementsOf = ({ shape }: Value): number =>
  (shape ?? []).reduce<number>((count, dim) => count * (typeof dim === 'number' ? dim : 1), 1);

/** What a node costs; undefined for one that costs nothing anywhere. */
export function layerOf({ node, macs, calls }: LayerCost): Layer | undefined {
  if (isView(node)) return undefined;
  const inputs = node.inputs.filter((value) => value !== undefined && value.name !== '') as Value[];
  const sum = (values: readonly Value[]) => values.reduce((total, value) => total + elementsOf(value), 0);
  const moved = sum([...inputs.filter((value) => !isWeight(value)), ...node.outputs]) * calls;
  return {
    node,
    macs,
    weights: sum(inputs.filter(isWeight)),
    moved,
    grouped: isGrouped(node),
    joined: joins(node),
  };
}

const isGrouped = (node: Node): boolean => node.attributes.has('group') && node.int('group', 1) > 1;
