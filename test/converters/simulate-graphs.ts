import { type AttributeInput, type DType, Model, product, Tensor, type Value } from '../../src/ir/index.ts';
import { createBuilder } from '../../src/ops/index.ts';
import { type Random, random } from '../../src/random.ts';
import type { Feeds } from '../../src/runtime/index.ts';

/** A tensor of a TFLite model, as build_tflite.py takes it; `data` is a constant's. */
export interface TfliteTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly scale?: readonly number[];
  readonly zeroPoint?: number;
  readonly axis?: number;
  readonly data?: Tensor;
}

/** One operator, as a TFLite model and as onnxruntime's. */
export interface Twin {
  readonly op: string;
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly version?: number;
  /** Inputs, constants among them, then the output. */
  readonly tensors: readonly TfliteTensor[];
  readonly onnx: Model;
  readonly feeds: Feeds;
}

class Pair {
  readonly b = createBuilder();
  readonly r: Random;
  readonly tensors: TfliteTensor[] = [];
  readonly feeds: Record<string, Tensor> = {};

  constructor(seed: number) {
    this.r = random(seed);
  }

  between(low: number, high: number): number {
    return low + this.r.integer(high - low + 1);
  }

  /** float32, as both files hold it. Powers of two and near them are where a multiplier has its ends. */
  scale(): number {
    return Math.fround(
      this.r.uniform() < 0.2 ? 2 ** -this.between(3, 6) : 0.02 * Math.exp(0.6 * this.r.normal()),
    );
  }

  bytes(shape: readonly number[]): Tensor {
    return Tensor.of(
      'int8',
      Array.from({ length: product(shape) }, () => this.r.integer(255) - 127),
      shape,
    );
  }

  input(shape: readonly number[], given: { scale?: number; zeroPoint?: number } = {}) {
    const { scale = this.scale(), zeroPoint = this.r.integer(256) - 128 } = given;
    const name = `x${this.tensors.length}`;
    this.tensors.push({ name, dtype: 'int8', shape, scale: [scale], zeroPoint });
    this.feeds[name] = this.bytes(shape);
    return { value: this.b.input(name, 'int8', shape), scale, zeroPoint, shape };
  }

  parameters({ scale, zeroPoint }: { scale: number; zeroPoint: number }): Value[] {
    return [this.b.scalar(scale), this.b.constant('int8', [zeroPoint], [])];
  }

  constant(tensor: Tensor, scale: readonly number[], axis: number): void {
    const name = `c${this.tensors.length}`;
    this.tensors.push({ name, dtype: tensor.dtype, shape: tensor.shape, scale, axis, data: tensor });
  }

  finish(
    op: string,
    spec: { node: Value; y: TfliteTensor; options: Twin['options']; version?: number },
  ): Twin {
    this.b.output(spec.node, 'y');
    const onnx = new Model(this.b.graph);
    onnx.opsets.set('com.microsoft', 1);
    const { options, version } = spec;
    return {
      op,
      options,
      ...(version && { version }),
      tensors: [...this.tensors, spec.y],
      onnx,
      feeds: this.feeds,
    };
  }

  output(shape: readonly number[], given: { scale?: number; zeroPoint?: number } = {}) {
    const { scale = this.scale(), zeroPoint = this.r.integer(256) - 128 } = given;
    return { name: 'y', dtype: 'int8' as const, shape, scale: [scale], zeroPoint };
  }

  op(
    type: string,
    inputs: Value[],
    attributes: Record<string, AttributeInput> = {},
    domain = 'com.microsoft',
  ): Value {
    return this.b.op(type, inputs, attributes, domain);
  }
}

const of = (y: { scale: readonly number[]; zeroPoint: number }) => ({
  scale: y.scale[0]!,
  zeroPoint: y.zeroPoint,
});

function conv(p: Pair, depthwise: boolean): Twin {
  const [channels, size, kernel, stride] = [
    p.between(1, 6),
    p.between(4, 7),
    p.between(1, 3),
    p.between(1, 2),
  ];
  const outputs = depthwise ? channels : p.between(1, 8);
  const out = Math.floor((size - kernel) / stride) + 1;
  const x = p.input([1, size, size, channels]);
  const y = p.output([1, out, out, outputs], { scale: Math.fround(6 * p.scale()) });
  const scales = Array.from({ length: outputs }, () => Math.fround(0.1 * p.scale()));
  const weights = p.bytes([outputs, depthwise ? 1 : channels, kernel, kernel]);
  const bias = Tensor.of(
    'int32',
    Array.from({ length: outputs }, () => p.between(-3000, 3000)),
  );
  p.constant(
    depthwise ? moved(weights, [1, 2, 3, 0]) : moved(weights, [0, 2, 3, 1]),
    scales,
    depthwise ? 3 : 0,
  );
  p.constant(
    bias,
    scales.map((scale) => Math.fround(scale * x.scale)),
    0,
  );
  const node = p.op(
    'QLinearConv',
    [
      ...[x.value, ...p.parameters(x), p.b.constant('int8', weights.data, weights.shape)],
      ...[
        p.b.constant('float32', scales),
        p.b.constant(
          'int8',
          scales.map(() => 0),
        ),
      ],
      ...[...p.parameters(of(y)), p.b.constant('int32', bias.data)],
    ],
    {
      channels_last: 1,
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      group: depthwise ? channels : 1,
    },
  );
  const options = { padding: 1, strideW: stride, strideH: stride, dilationWFactor: 1, dilationHFactor: 1 };
  return depthwise
    ? p.finish('DEPTHWISE_CONV_2D', { node, y, options: { ...options, depthMultiplier: 1 }, version: 3 })
    : p.finish('CONV_2D', { node, y, options, version: 3 });
}

/** The tensor with its axes in another order. */
function moved({ data, shape }: Tensor, perm: readonly number[]): Tensor {
  const steps = shape.map((_, i) => product(shape.slice(i + 1)));
  const to = perm.map((axis) => shape[axis]!);
  const numbers = Array.from({ length: product(to) }, (_, index) => {
    let [from, rest] = [0, index];
    for (let i = to.length - 1; i >= 0; i--) {
      from += (rest % to[i]!) * steps[perm[i]!]!;
      rest = Math.floor(rest / to[i]!);
    }
    return Number(data[from]);
  });
  return Tensor.of('int8', numbers, to);
}

function dense(p: Pair): Twin {
  const [rows, width, columns] = [p.between(1, 4), p.between(1, 40), p.between(1, 12)];
  const x = p.input([rows, width]);
  const y = p.output([rows, columns], { scale: Math.fround(8 * p.scale()) });
  const scale = Math.fround(0.1 * p.scale());
  const weights = p.bytes([columns, width]);
  const bias = Tensor.of(
    'int32',
    Array.from({ length: columns }, () => p.between(-3000, 3000)),
  );
  p.constant(weights, [scale], 0);
  p.constant(bias, [Math.fround(scale * x.scale)], 0);
  const weight = [
    p.b.constant('int8', weights.data, weights.shape),
    ...p.parameters({ scale, zeroPoint: 0 }),
  ];
  const inputs = [
    x.value,
    ...p.parameters(x),
    ...weight,
    p.b.constant('int32', bias.data),
    ...p.parameters(of(y)),
  ];
  const node = p.op('QGemm', inputs, { transB: 1 });
  return p.finish('FULLY_CONNECTED', { node, y, options: { keepNumDims: false }, version: 4 });
}

function binary(p: Pair, op: 'ADD' | 'MUL'): Twin {
  const shape = [1, p.between(2, 4), p.between(2, 4), p.between(1, 9)];
  const [a, b] = [p.input(shape), p.input(shape)];
  const y = p.output(shape, { scale: Math.fround(p.scale() * (op === 'ADD' ? 2 : 1)) });
  const inputs = [a, b].flatMap((x) => [x.value, ...p.parameters(x)]);
  const node = p.op(op === 'ADD' ? 'QLinearAdd' : 'QLinearMul', [...inputs, ...p.parameters(of(y))]);
  return p.finish(op, { node, y, options: {}, version: 2 });
}

function pool(p: Pair): Twin {
  const [channels, size, kernel] = [p.between(1, 6), p.between(4, 7), p.between(2, 3)];
  const x = p.input([1, size, size, channels]);
  const out = size - kernel + 1;
  const y = p.output([1, out, out, channels], x);
  const attributes = { channels_last: 1, kernel_shape: [kernel, kernel] };
  const node = p.op('QLinearAveragePool', [x.value, ...p.parameters(x), ...p.parameters(x)], attributes);
  const options = { padding: 1, strideW: 1, strideH: 1, filterWidth: kernel, filterHeight: kernel };
  return p.finish('AVERAGE_POOL_2D', { node, y, options, version: 2 });
}

function mean(p: Pair): Twin {
  const [channels, size] = [p.between(1, 6), p.between(2, 7)];
  const x = p.input([1, size, size, channels]);
  const y = p.output([1, 1, 1, channels], { scale: Math.fround(x.scale * (0.3 + p.r.uniform())) });
  p.tensors.push({ name: 'axes', dtype: 'int32', shape: [2], data: Tensor.of('int32', [1, 2]) });
  const node = p.op('QLinearGlobalAveragePool', [x.value, ...p.parameters(x), ...p.parameters(of(y))], {
    channels_last: 1,
  });
  return p.finish('MEAN', { node, y, options: { keepDims: true }, version: 2 });
}

/** Two tensors of other scales than the output's: TFLite brings each there by an operator of its own. */
function rescale(p: Pair): Twin {
  const x = p.input([1, p.between(5, 60)]);
  const y = p.output(x.shape);
  const node = p.op('QLinearConcat', [...p.parameters(of(y)), x.value, ...p.parameters(x)], { axis: 1 });
  return p.finish('QUANTIZE', { node, y, options: {}, version: 2 });
}

function fromFloat(p: Pair): Twin {
  const shape = [1, p.between(5, 60)];
  p.tensors.push({ name: 'x', dtype: 'float32', shape });
  const y = p.output(shape, { scale: 2 ** -3 });
  // Multiples of half a step, where rounding half to even and half away from zero part.
  const reals = Array.from({ length: product(shape) }, () => p.between(-500, 500) / 16);
  p.feeds.x = Tensor.of('float32', reals, shape);
  const node = p.b.op('QuantizeLinear', [p.b.input('x', 'float32', shape), ...p.parameters(of(y))]);
  return p.finish('QUANTIZE', { node, y, options: {}, version: 2 });
}

const kinds: Readonly<Record<string, (p: Pair) => Twin>> = {
  convolution: (p) => conv(p, false),
  'depthwise convolution': (p) => conv(p, true),
  'fully connected': dense,
  add: (p) => binary(p, 'ADD'),
  multiply: (p) => binary(p, 'MUL'),
  'average pool': pool,
  mean,
  rescale,
  'quantize float32': fromFloat,
};

export const twinKinds: readonly string[] = Object.keys(kinds);

/** A random operator of one kind and seed. */
export const randomTwin = (kind: string, seed: number): Twin => kinds[kind]!(new Pair(seed));
