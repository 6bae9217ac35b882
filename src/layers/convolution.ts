import { UsageError } from '../errors.ts';
import { type Flow, filled, heNormal, type Layer, nameLayer, sampleShape, write } from './flow.ts';

/**
 * `same` keeps height and width at stride 1 and takes odd kernels; `same-upper` gives ceil(size / stride), the odd pixel of
 * border at the end, as TensorFlow's SAME does; `valid` adds no border; a number is the border's width.
 */
export type Padding = 'same' | 'same-upper' | 'valid' | number;

/** The side of a square kernel, or its height and width. */
export type KernelSize = number | readonly [height: number, width: number];

export interface ConvOptions {
  readonly stride?: number;
  /** Default `same`. */
  readonly padding?: Padding;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

/**
 * 2-D convolution with `filters` kernels: [N,C,H,W] -> [N,filters,H',W'].
 * Padding `same` (default) keeps H and W at stride 1. Throws UsageError for it with an even kernel.
 */
export function conv2d(filters: number, kernel: KernelSize, options: ConvOptions = {}): Layer {
  return (x) => convolution(x, { layer: nameLayer(x, 'conv'), filters, kernel, ...options });
}

/** Depthwise 2-D convolution: one kernel per channel; padding as in `conv2d`. */
export function depthwiseConv2d(kernel: KernelSize, options: Omit<ConvOptions, 'groups'> = {}): Layer {
  return (x) => {
    const layer = nameLayer(x, 'depthwise');
    const [channels = 1] = sampleShape(x, layer, 3);
    return convolution(x, { layer, filters: channels, kernel, groups: channels, ...options });
  };
}

function convolution(
  x: Flow,
  options: ConvOptions & { layer: string; filters: number; kernel: KernelSize },
): Flow {
  const { layer, filters, stride = 1, padding = 'same', dilation = 1, groups = 1, bias = true } = options;
  const kernel = typeof options.kernel === 'number' ? [options.kernel, options.kernel] : options.kernel;
  const [channels = 1, ...sides] = sampleShape(x, layer, 3);
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new UsageError(
      `${layer}: groups must divide ${channels} channels and ${filters} filters, is ${groups}`,
    );
  }
  const weight = heNormal(x, [filters, channels / groups, ...kernel]);
  const inputs = [x.g.initializer(`${layer}.weight`, weight)];
  if (bias) inputs.push(x.g.initializer(`${layer}.bias`, filled(filters, 0)));
  const borders = kernel.map((size, i) =>
    borderOf(padding, { layer, size, dilation, stride, side: sides[i]! }),
  );
  const attributes = {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [...borders.map(([begin]) => begin), ...borders.map(([, end]) => end)],
    dilations: [dilation, dilation],
    group: groups,
  };
  return write(x, layer, { op: 'Conv', inputs, attributes });
}

interface Window {
  readonly layer: string;
  readonly size: number;
  readonly dilation: number;
  readonly stride: number;
  /** Pixels of the input along this axis. */
  readonly side: number;
}

function borderOf(
  padding: Padding,
  { layer, size, dilation, stride, side }: Window,
): [begin: number, end: number] {
  if (padding === 'valid') return [0, 0];
  if (typeof padding === 'number') return [padding, padding];
  const reach = dilation * (size - 1);
  if (padding === 'same-upper') {
    const total = Math.max(0, (Math.ceil(side / stride) - 1) * stride + reach + 1 - side);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }
  if (reach % 2 === 0) return [reach / 2, reach / 2];
  throw new UsageError(
    `${layer}: padding 'same' needs an odd kernel, is ${size}: take an odd one, or padding 'same-upper', 'valid' or a number`,
  );
}
