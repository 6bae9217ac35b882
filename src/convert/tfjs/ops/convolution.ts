import { ModelError } from '../../../errors.ts';
import {
  activations,
  convolution,
  depthwise,
  elementwise,
  integersOf,
  leakyRelu,
  type Operand,
  type Padding,
  transposedConvolution,
} from '../../channels-last/index.ts';
import type { Call, OpTable } from '../graph-node.ts';

/** Convolutions, alone or fused with a bias and an activation by TensorFlow's optimizer. */
export const convolutionOps: OpTable = {
  Conv2D: (call) => fused(call, conv2d(call)),
  _FusedConv2D: (call) => fused(call, conv2d(call)),
  DepthwiseConv2dNative: (call) => fused(call, depthwise2d(call)),
  FusedDepthwiseConv2dNative: (call) => fused(call, depthwise2d(call)),
  Conv2DBackpropInput: (call) => {
    const { w } = call;
    const [, h, width] = integersOf(call.input(0), 'The output sizes of a transposed convolution');
    return transposedConvolution(w, call.input(2), {
      filter: { weight: call.input(1), order: [3, 2, 0, 1] },
      window: windowOf(call),
      output: [h ?? null, width ?? null],
    });
  },
};

const conv2d = (call: Call): Operand =>
  convolution(call.w, call.input(0), {
    filter: { weight: call.input(1), order: [3, 2, 0, 1], bias: biasOf(call) },
    window: windowOf(call),
  });

const depthwise2d = (call: Call): Operand =>
  depthwise(call.w, call.input(0), {
    filter: { weight: call.input(1), order: [2, 3, 0, 1], bias: biasOf(call) },
    window: windowOf(call),
  });

const biasOf = (call: Call): Operand | undefined =>
  call.attributes.texts('fused_ops').includes('BiasAdd') ? call.input(2) : undefined;

/** Strides and dilations have an entry for each of the four axes. */
function windowOf({ attributes }: Call): { strides: number[]; dilations: number[]; padding: Padding } {
  requireChannelsLast(attributes.text('data_format', 'NHWC'));
  return {
    strides: spatial(attributes.ints('strides'), 'strides'),
    dilations: spatial(attributes.ints('dilations'), 'dilations'),
    padding: paddingOf(attributes.text('padding', 'VALID'), attributes.ints('explicit_paddings')),
  };
}

export function requireChannelsLast(format: string): void {
  if (format !== 'NHWC') throw new ModelError(`must have data_format NHWC, has ${format}`);
}

/** The two entries for height and width. */
export function spatial(list: readonly number[], what: string): number[] {
  if (list.length === 0) return [1, 1];
  const middle = list.slice(1, 3);
  if (list.length === 4 && middle.every((entry) => entry > 0)) return middle;
  throw new ModelError(`must have four ${what} over 0, has [${list.join(', ')}]`);
}

export function paddingOf(word: string, explicit: readonly number[]): Padding {
  if (word === 'SAME' || word === 'VALID') return word;
  if (word !== 'EXPLICIT' || explicit.length !== 8)
    throw new ModelError(
      `must have padding SAME, VALID or eight EXPLICIT numbers, has ${word} [${explicit.join(', ')}]`,
    );
  return [
    [explicit[2]!, explicit[3]!],
    [explicit[4]!, explicit[5]!],
  ];
}

/** The activation in `fused_ops` behind what was fused with it; a Prelu has its slopes as the last input. */
export function fused(call: Call, x: Operand): Operand {
  const { w, attributes } = call;
  const [name, ...more] = attributes.texts('fused_ops').filter((op) => op !== 'BiasAdd');
  if (more.length) throw new ModelError(`must have one fused activation, has ${name}, ${more.join(', ')}`);
  if (name === undefined) return x;
  if (name === 'LeakyRelu') return leakyRelu(w, x, attributes.float('leakyrelu_alpha', 0.2));
  if (name === 'Prelu') return elementwise(w, 'PRelu', { inputs: [x, call.input(3)], sameType: true });
  const activation = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (activation) return activation(w, x);
  throw new ModelError(`must have a fused activation that Edgebook knows, has ${name}`);
}
