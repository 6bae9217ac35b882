import {
  batchNormalization,
  block,
  type ConvOptions,
  conv2d,
  depthwiseConv2d,
  type KernelSize,
  type Layer,
  named,
} from '../layers/index.ts';

/** Names of a convolution and of the normalization behind it. */
export interface Names {
  readonly conv: string;
  readonly norm: string;
}

export interface NormedOptions extends Omit<ConvOptions, 'groups'> {
  readonly epsilon?: number;
  readonly activation?: Layer | undefined;
}

/** Convolution without bias, batch normalization, activation. */
export function normedConv(filters: number, kernel: KernelSize, options: NormedOptions & Names): Layer {
  const { conv, norm, epsilon, activation, bias = false, ...rest } = options;
  return withNorm(named(conv, conv2d(filters, kernel, { bias, ...rest })), { norm, epsilon, activation });
}

/** The same with one kernel a channel. */
export function normedDepthwise(kernel: KernelSize, options: NormedOptions & Names): Layer {
  const { conv, norm, epsilon, activation, bias = false, ...rest } = options;
  return withNorm(named(conv, depthwiseConv2d(kernel, { bias, ...rest })), { norm, epsilon, activation });
}

function withNorm(
  conv: Layer,
  { norm, epsilon = 1e-5, activation }: { norm: string; epsilon?: number; activation?: Layer | undefined },
): Layer {
  return block(conv, named(norm, batchNormalization({ epsilon })), ...(activation ? [activation] : []));
}

/** The multiple of 8 nearest to a number of channels, at most a tenth below it, as MobileNetV2's authors round. */
export function divisible(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}
