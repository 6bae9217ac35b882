import { type Dim, formatShape, type Node, type Shape } from '../ir/index.ts';

/** How a window slides along one spatial axis. Padding is undefined where auto_pad meets an unknown size. */
export interface WindowAxis {
  readonly input: Dim;
  readonly kernel: Dim;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number | undefined;
  readonly padEnd: number | undefined;
  readonly output: Dim;
}

/** Lists of the window attributes, one entry an axis. */
export interface WindowAttributes {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
}

/**
 * Sizes along the spatial axes of a convolution or pooling, from strides, pads, dilations, auto_pad and ceil_mode.
 * Throws ModelError if a list has the wrong length or the window is larger than the padded input.
 */
export function windowAxes(node: Node, spatial: Shape, kernel: Shape): WindowAxis[] {
  const attributes = windowAttributes(node, spatial.length);
  return spatial.map((input, i) => windowAxis(node, attributes, { i, input, kernel: kernel[i] ?? null }));
}

export function windowAttributes(node: Node, rank: number): WindowAttributes {
  const list = (name: string, length: number, fallback: number): readonly number[] => {
    const values = node.ints(name);
    if (!values?.length) return Array<number>(length).fill(fallback);
    if (values.length === length) return values;
    throw node.error(`${name} must have ${length} entries, has ${values.length}`);
  };
  return {
    strides: positive(node, 'strides', list('strides', rank, 1)),
    dilations: positive(node, 'dilations', list('dilations', rank, 1)),
    pads: list('pads', 2 * rank, 0),
    autoPad: autoPad(node),
  };
}

function positive(node: Node, name: string, values: readonly number[]): readonly number[] {
  if (values.every((value) => value > 0)) return values;
  throw node.error(`${name} must be positive, are ${values.join(', ')}`);
}

function autoPad(node: Node): string {
  const mode = node.string('auto_pad', 'NOTSET');
  if (['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(mode)) return mode;
  throw node.error(`auto_pad must be NOTSET, VALID, SAME_UPPER or SAME_LOWER, is ${mode}`);
}

function windowAxis(
  node: Node,
  { strides, dilations, pads, autoPad }: WindowAttributes,
  { i, input, kernel }: { i: number; input: Dim; kernel: Dim },
): WindowAxis {
  const axis = { input, kernel, stride: strides[i]!, dilation: dilations[i]! };
  if (autoPad.startsWith('SAME')) return sameAxis(axis, autoPad === 'SAME_UPPER');
  const [padBegin, padEnd] = autoPad === 'VALID' ? [0, 0] : [pads[i]!, pads[i + strides.length]!];
  return { ...axis, padBegin, padEnd, output: explicitOutput(node, { ...axis, padBegin, padEnd }) };
}

type Unpadded = Pick<WindowAxis, 'input' | 'kernel' | 'stride' | 'dilation'>;

/** As many outputs as strides fit in the input; padding as needed, its odd element at the end (upper) or begin. */
function sameAxis(axis: Unpadded, upper: boolean): WindowAxis {
  const { input, kernel, stride, dilation } = axis;
  if (typeof input !== 'number')
    return { ...axis, padBegin: undefined, padEnd: undefined, output: stride === 1 ? input : null };
  const output = Math.ceil(input / stride);
  if (typeof kernel !== 'number') return { ...axis, padBegin: undefined, padEnd: undefined, output };
  const total = Math.max(0, (output - 1) * stride + extent(kernel, dilation) - input);
  const small = Math.floor(total / 2);
  const [padBegin, padEnd] = upper ? [small, total - small] : [total - small, small];
  return { ...axis, padBegin, padEnd, output };
}

/** Input elements that a dilated kernel spans. */
export const extent = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

function explicitOutput(
  node: Node,
  axis: Unpadded & { readonly padBegin: number; readonly padEnd: number },
): Dim {
  const { input, kernel, stride, padBegin, padEnd } = axis;
  if (typeof kernel !== 'number') return null;
  const span = extent(kernel, axis.dilation);
  const slack = padBegin + padEnd - span;
  if (typeof input !== 'number') return stride === 1 && slack === -1 ? input : null;
  if (input + slack < 0) {
    const padded = input + padBegin + padEnd;
    throw node.error(`window must fit in the padded input of size ${padded}, spans ${span} of it`);
  }
  return ceilMode(node) ? ceilOutput(axis, slack, input) : Math.floor((input + slack) / stride) + 1;
}

const ceilMode = (node: Node): boolean => node.int('ceil_mode', 0) === 1;

/** With ceil_mode, a last window that would start in the end padding is left out. */
function ceilOutput(axis: { stride: number; padBegin: number }, slack: number, input: number): number {
  const output = Math.ceil((input + slack) / axis.stride) + 1;
  return (output - 1) * axis.stride >= input + axis.padBegin ? output - 1 : output;
}

/** The attribute kernel_shape; throws ModelError if it is absent or does not fit the spatial rank. */
export function kernelShape(node: Node, rank: number): number[] {
  const kernel = node.ints('kernel_shape');
  if (kernel?.length === rank) return kernel;
  throw node.error(`kernel_shape must have ${rank} entries, is ${kernel ? formatShape(kernel) : 'absent'}`);
}
