import { UsageError } from '../errors.ts';
import { type AttributeInput, float, type Value } from '../ir/index.ts';
import {
  checkJoined,
  type Flow,
  filled,
  heNormal,
  type Layer,
  nameLayer,
  next,
  sampleShape,
  write,
} from './flow.ts';

/** `same` keeps height and width at stride 1 and takes odd kernels, `valid` adds no border, a number is the border's width. */
export type Padding = 'same' | 'valid' | number;

export interface ConvOptions {
  readonly stride?: number;
  /** Default `same`. */
  readonly padding?: Padding;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

/**
 * 2-D convolution with `filters` kernels of `kernel` x `kernel`: [N,C,H,W] -> [N,filters,H',W'].
 * Padding `same` (default) keeps H and W at stride 1. Throws UsageError for it with an even kernel.
 */
export function conv2d(filters: number, kernel: number, options: ConvOptions = {}): Layer {
  return (x) => convolution(x, { layer: nameLayer(x, 'conv'), filters, kernel, ...options });
}

/** Depthwise 2-D convolution: one kernel per channel; padding as in `conv2d`. */
export function depthwiseConv2d(kernel: number, options: Omit<ConvOptions, 'groups'> = {}): Layer {
  return (x) => {
    const layer = nameLayer(x, 'depthwise');
    const [channels = 1] = sampleShape(x, layer, 3);
    return convolution(x, { layer, filters: channels, kernel, groups: channels, ...options });
  };
}

function convolution(
  x: Flow,
  options: ConvOptions & { layer: string; filters: number; kernel: number },
): Flow {
  const {
    layer,
    filters,
    kernel,
    stride = 1,
    padding = 'same',
    dilation = 1,
    groups = 1,
    bias = true,
  } = options;
  const [channels = 1] = sampleShape(x, layer, 3);
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new UsageError(
      `${layer}: groups must divide ${channels} channels and ${filters} filters, is ${groups}`,
    );
  }
  const weight = heNormal(x, [filters, channels / groups, kernel, kernel]);
  const inputs = [x.g.initializer(`${layer}.weight`, weight)];
  if (bias) inputs.push(x.g.initializer(`${layer}.bias`, filled(filters, 0)));
  const border = borderOf(padding, { layer, kernel, dilation });
  const attributes = {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [border, border, border, border],
    dilations: [dilation, dilation],
    group: groups,
  };
  return write(x, layer, { op: 'Conv', inputs, attributes });
}

function borderOf(
  padding: Padding,
  { layer, kernel, dilation }: { layer: string; kernel: number; dilation: number },
): number {
  if (padding === 'valid') return 0;
  if (padding !== 'same') return padding;
  const border = (dilation * (kernel - 1)) / 2;
  if (Number.isInteger(border)) return border;
  throw new UsageError(
    `${layer}: padding 'same' needs an odd kernel, is ${kernel}: take an odd one, or padding 'valid' or a number`,
  );
}

/** Fully connected: [N,features] -> [N,units]. */
export function dense(units: number, { bias = true } = {}): Layer {
  return (x) => {
    const layer = nameLayer(x, 'dense');
    const [features = 1] = sampleShape(x, layer, 1);
    const inputs = [x.g.initializer(`${layer}.weight`, heNormal(x, [units, features]))];
    if (bias) inputs.push(x.g.initializer(`${layer}.bias`, filled(units, 0)));
    return write(x, layer, { op: 'Gemm', inputs, attributes: { transB: 1 } });
  };
}

/** Batch normalization over the channels. */
export function batchNormalization({ epsilon = 1e-5, momentum = 0.9 } = {}): Layer {
  return (x) => {
    const layer = nameLayer(x, 'norm');
    const [channels = 1] = sampleShape(x, layer);
    const vector = (name: string, value: number): Value =>
      x.g.initializer(`${layer}.${name}`, filled(channels, value));
    const inputs = [
      vector('weight', 1),
      vector('bias', 0),
      vector('running_mean', 0),
      vector('running_var', 1),
    ];
    const attributes = { epsilon: float(epsilon), momentum: float(momentum) };
    return write(x, layer, { op: 'BatchNormalization', inputs, attributes });
  };
}

const simple =
  (kind: string, op: string, attributes: Record<string, AttributeInput> = {}): Layer =>
  (x) =>
    write(x, nameLayer(x, kind), { op, attributes });

export const relu = (): Layer => simple('relu', 'Relu');
export const leakyRelu = (alpha = 0.01): Layer => simple('leakyRelu', 'LeakyRelu', { alpha: float(alpha) });
export const sigmoid = (): Layer => simple('sigmoid', 'Sigmoid');
export const tanh = (): Layer => simple('tanh', 'Tanh');
export const hardSwish = (): Layer => simple('hardSwish', 'HardSwish');
export const softmax = (): Layer => simple('softmax', 'Softmax', { axis: -1 });
export const flatten = (): Layer => simple('flatten', 'Flatten', { axis: 1 });
export const globalAveragePool2d = (): Layer => simple('pool', 'GlobalAveragePool');

/** relu cut off at 6, as in MobileNet. */
export const relu6 = (): Layer => (x) =>
  write(x, nameLayer(x, 'relu6'), { op: 'Clip', inputs: [x.g.scalar(0), x.g.scalar(6)] });

/** The largest of each `size` x `size` window; the stride is `size` unless given. */
export const maxPool2d = (size: number, { stride = size, padding = 0 } = {}): Layer =>
  simple('pool', 'MaxPool', windowAttributes(size, stride, padding));

/** The mean of each `size` x `size` window; the stride is `size` unless given. */
export const averagePool2d = (size: number, { stride = size, padding = 0 } = {}): Layer =>
  simple('pool', 'AveragePool', windowAttributes(size, stride, padding));

const windowAttributes = (size: number, stride: number, padding: number) => ({
  kernel_shape: [size, size],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

/** Sum of two flows of one model, as in a residual block: `add(x, conv2d(16, 3)(relu()(x)))`. */
export function add(a: Flow, b: Flow): Flow {
  checkJoined('add', [a, b]);
  return write(a, nameLayer(a, 'add'), { op: 'Add', inputs: [b.value] });
}

/** Flows of one model joined along the channels. */
export function concat(first: Flow, ...others: readonly Flow[]): Flow {
  checkJoined('concat', [first, ...others]);
  return write(first, nameLayer(first, 'concat'), {
    op: 'Concat',
    inputs: others.map((flow) => flow.value),
    attributes: { axis: 1 },
  });
}

/** Layers around which the input is added to the output: `residual([conv2d(16, 3), relu(), conv2d(16, 3)])`. */
export const residual =
  (layers: readonly Layer[]): Layer =>
  (x) =>
    add(
      layers.reduce((y, layer) => layer(y), x),
      x,
    );

/** Layers as one layer. */
export const block =
  (...layers: readonly Layer[]): Layer =>
  (x) =>
    next(x, layers.reduce((y, layer) => layer(y), x).value);
