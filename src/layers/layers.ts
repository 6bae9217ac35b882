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
/** x / 6 + 1/2 between 0 and 1. */
export const hardSigmoid = (): Layer =>
  simple('hardSigmoid', 'HardSigmoid', { alpha: float(1 / 6), beta: float(0.5) });
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

/** Product of two flows of one model, sizes of 1 stretched, as in a gate: `multiply(x, factors)`. */
export function multiply(a: Flow, b: Flow): Flow {
  checkJoined('multiply', [a, b]);
  return write(a, nameLayer(a, 'multiply'), { op: 'Mul', inputs: [b.value] });
}

/** Channels of zeros before and after those of the input, half of them each: [N,C,H,W] -> [N,channels,H,W]. */
export function padChannels(channels: number): Layer {
  return (x) => {
    const layer = nameLayer(x, 'pad');
    const [present = 0] = sampleShape(x, layer, 3);
    const before = Math.floor((channels - present) / 2);
    const after = channels - present - before;
    return write(x, layer, { op: 'Pad', inputs: [x.g.int64s([0, before, 0, 0, 0, after, 0, 0])] });
  };
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
