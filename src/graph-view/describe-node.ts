import { type Attribute, isFloat, type Node, type Tensor, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/** One line of a box: a short name and what it is. */
export interface Line {
  readonly name: string;
  readonly text: string;
}

/** What the specification calls the inputs of operators with weights; others count A, B, C. */
const inputNames: Readonly<Record<string, readonly string[]>> = {
  Conv: ['X', 'W', 'B'],
  ConvTranspose: ['X', 'W', 'B'],
  FusedConv: ['X', 'W', 'B', 'Z'],
  BatchNormalization: ['X', 'scale', 'B', 'mean', 'var'],
  LayerNormalization: ['X', 'scale', 'B'],
  Reshape: ['data', 'shape'],
  Expand: ['data', 'shape'],
  Clip: ['data', 'min', 'max'],
  Slice: ['data', 'starts', 'ends', 'axes', 'steps'],
  Pad: ['data', 'pads', 'value', 'axes'],
  Resize: ['X', 'roi', 'scales', 'sizes'],
  Gather: ['data', 'indices'],
  QuantizeLinear: ['x', 'scale', 'zero'],
  DequantizeLinear: ['x', 'scale', 'zero'],
  LSTM: ['X', 'W', 'R', 'B'],
  GRU: ['X', 'W', 'R', 'B'],
  PRelu: ['X', 'slope'],
};

/** Constants and attributes of a node, as a box lists them: weights by shape, small ones by value, no defaults. */
export const describeNode = (node: Node): Line[] => [
  ...node.inputs.flatMap((input, i) => constantLine(node, input, i)),
  ...windowLines(node),
  ...Array.from(node.attributes).flatMap(([name, attribute]) => attributeLine(name, attribute)),
];

function constantLine(node: Node, input: Value | undefined, index: number): Line[] {
  const tensor = constantOf(input);
  if (!tensor || tensor.size === 0) return [];
  const name = inputNames[node.opType]?.[index] ?? String.fromCharCode(65 + index);
  return [{ name, text: tensorText(tensor) }];
}

const shownElements = 4;

function tensorText(tensor: Tensor): string {
  const { shape, dtype, size, strings } = tensor;
  const suffix = dtype === 'float32' || dtype === 'int64' ? '' : ` ${dtype}`;
  // Of weights the shape is of interest, of axes and bounds the numbers.
  const isWeight = isFloat(dtype) && size > 1;
  if (
    isWeight ||
    size > shownElements ||
    strings ||
    !/^(?:float(?:32|64)|u?int(?:8|16|32|64)|bool)$/.test(dtype)
  )
    return `‹${shape.join('×')}›${suffix}`;
  const numbers = tensor.toNumbers().map(shortNumber);
  return `${shape.length === 0 ? numbers[0] : `[${numbers.join(', ')}]`}${suffix}`;
}

const shortNumber = (value: number): string =>
  Number.isInteger(value)
    ? Math.abs(value) >= 2 ** 31
      ? 'end'
      : String(value)
    : String(Number(value.toPrecision(4)));

const inWindow = ['kernel_shape', 'strides', 'pads', 'dilations', 'auto_pad', 'group', 'ceil_mode'];

/** `3×3, stride 2, pad 1, group 8` in one line. */
function windowLines(node: Node): Line[] {
  const weights = constantOf(node.inputs[1])?.shape.slice(2);
  const kernel = node.ints('kernel_shape') ?? (node.opType.includes('Conv') ? weights : undefined);
  if (!kernel?.length) return [];
  const padding = node.string('auto_pad', 'NOTSET');
  const parts = [
    kernel.join('×'),
    unlessAll(node, 'strides', { of: 1, as: 'stride' }),
    padding === 'NOTSET'
      ? unlessAll(node, 'pads', { of: 0, as: 'pad' })
      : padding.toLowerCase().replace('_', ' '),
    unlessAll(node, 'dilations', { of: 1, as: 'dilation' }),
    node.int('group', 1) > 1 && `group ${node.int('group', 1)}`,
  ];
  return [{ name: '', text: parts.filter(Boolean).join(', ') }];
}

function unlessAll(node: Node, name: string, { of, as }: { of: number; as: string }): string | undefined {
  const list = node.ints(name);
  if (!list || list.every((value) => value === of)) return undefined;
  return `${as} ${new Set(list).size === 1 ? list[0] : list.join(',')}`;
}

/** Attributes of interest to few are in the tooltip only. */
const hidden = [
  'coordinate_transformation_mode',
  'nearest_mode',
  'cubic_coeff_a',
  'momentum',
  'epsilon',
  'storage_order',
];

function attributeLine(name: string, attribute: Attribute): Line[] {
  if (inWindow.includes(name) || hidden.includes(name)) return [];
  const text = attributeText(attribute);
  return text === undefined || text === '' ? [] : [{ name, text }];
}

/** The value of an attribute in a few characters; undefined if it has no such form. */
export function attributeText(attribute: Attribute): string | undefined {
  const { type, value } = attribute;
  switch (type) {
    case 'int':
      return String(value);
    case 'float':
      return shortNumber(value);
    case 'ints':
      return listText(value.map(String));
    case 'floats':
      return listText(value.map(shortNumber));
    case 'string':
      return Buffer.from(value).toString('utf8').slice(0, 24);
    case 'tensor':
      return tensorText(value);
    case 'graph':
      return `${value.nodes.length} nodes`;
    default:
      return undefined;
  }
}

const listText = (texts: readonly string[]): string =>
  texts.length > 8 ? `[${texts.slice(0, 8).join(', ')}, …]` : `[${texts.join(', ')}]`;
