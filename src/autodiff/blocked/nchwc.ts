import { type AttributeInput, type GraphBuilder, product, type Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import type { Window } from '../../ops/static-window.ts';
import { reshape } from '../../ops/sum-to.ts';
import { nchwc } from './types.ts';

/** An activation that the convolution kernel applies to what it stores. */
export type Activation =
  | { readonly kind: 'Relu' }
  | { readonly kind: 'Clip'; readonly low: number; readonly high: number };

interface ConvInputs {
  readonly bias?: Value | undefined;
  /** Is added before the activation; its memory becomes the output's if nothing else reads it. */
  readonly sum?: Value | undefined;
}

/** NCHW to blocked layout: [N,C,H,W] -> [N,padded C,H,W]. The kernel takes multiples of four channels. */
export const reorderInput = (g: GraphBuilder, x: Value): Value => g.op('ReorderInput', [x], {}, nchwc);

/** Blocked layout to NCHW of the first `channels`. */
export const reorderOutput = (g: GraphBuilder, x: Value, channels: number): Value =>
  g.op('ReorderOutput', [x], { channels }, nchwc);

/** Convolution of a blocked x (or a plain one of fewer channels than a block) with a filter in the kernel's order. */
export function blockedConv(
  g: GraphBuilder,
  { x, filter, bias, sum }: { x: Value; filter: Value } & ConvInputs,
  {
    kernel,
    strides,
    pads,
    dilations,
    group,
    activation,
  }: Window & { group: number; activation?: Activation | undefined },
): Value {
  const attributes: Record<string, AttributeInput> = {
    kernel_shape: kernel,
    strides,
    pads,
    dilations,
    group,
  };
  const inputs = sum ? [x, filter, bias, sum] : bias ? [x, filter, bias] : [x, filter];
  return g.op('Conv', inputs, { ...attributes, ...activationAttributes(activation) }, nchwc);
}

function activationAttributes(activation: Activation | undefined): Record<string, AttributeInput> {
  if (!activation) return {};
  if (activation.kind === 'Relu') return { activation: 'Relu' };
  const value = [activation.low, activation.high];
  return { activation: 'Clip', activation_params: { type: 'floats', value } };
}

/**
 * activation(x scale + bias + sum) with one scale and bias a channel, in a single pass over memory: a depthwise
 * convolution with kernels of one tap. x is blocked, scale and bias are [padded C].
 */
export function affine(
  g: GraphBuilder,
  x: Value,
  { scale, activation, ...inputs }: ConvInputs & { scale: Value; activation?: Activation | undefined },
): Value {
  const channels = staticShape(x)[1]!;
  const filter = reshape(g, scale, [channels, 1, 1, 1]);
  return blockedConv(g, { x, filter, ...inputs }, { ...onePixel, group: channels, activation });
}

const onePixel: Window = { kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };

/**
 * Sum over batch and space of a b, a channel each: [padded C]. Both are blocked. A depthwise convolution of one with the
 * other as kernel, for which blocked layout happens to be the filter's order too.
 */
export function channelDot(g: GraphBuilder, a: Value, b: Value): Value {
  const [n = 1, c = 1, h = 1, w = 1] = staticShape(a);
  const x = reshape(g, a, [1, n * c, h, w]);
  const filter = reshape(g, b, [n * c, 1, h, w]);
  const perSample = blockedConv(g, { x, filter }, { ...onePixel, kernel: [h, w], group: n * c });
  return g.op('ReduceSum', [reshape(g, perSample, [n, c]), g.int64s([0])], { keepdims: 0 });
}

/** Largest element of each window of a blocked x. */
export const maxPool = (g: GraphBuilder, x: Value, { kernel, strides, pads, dilations }: Window): Value =>
  g.op('MaxPool', [x], { kernel_shape: kernel, strides, pads, dilations }, nchwc);

/** Sum over batch and space, a channel each: [padded C]. x is blocked. */
export function channelSum(g: GraphBuilder, x: Value): Value {
  const [n = 1, c = 1, ...space] = staticShape(x);
  const means = reshape(g, g.op('GlobalAveragePool', [x], {}, nchwc), [n, c]);
  const sum = g.op('ReduceSum', [means, g.int64s([0])], { keepdims: 0 });
  return g.op('Mul', [sum, g.scalar(product(space))]);
}
