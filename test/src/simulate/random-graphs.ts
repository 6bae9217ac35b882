import {
  type AttributeInput,
  float,
  type GraphBuilder,
  Model,
  product,
  Tensor,
  type Value,
} from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { type Random, random } from '../../../src/random.ts';
import type { Feeds } from '../../../src/runtime/index.ts';

type Byte = 'uint8' | 'int8';

/** A quantized tensor in a graph that is being written. */
interface Quantized {
  readonly value: Value;
  readonly type: Byte;
  readonly scale: Value;
  readonly zeroPoint: Value;
  readonly shape: readonly number[];
}

/** Writes random graphs of onnxruntime's quantized operators, of one seed always the same. */
class Writer {
  readonly b: GraphBuilder = createBuilder();
  readonly r: Random;
  readonly feeds: Record<string, Tensor> = {};

  constructor(seed: number) {
    this.r = random(seed);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.r.integer(list.length)]!;
  }

  between(low: number, high: number): number {
    return low + this.r.integer(high - low + 1);
  }

  /** Every second time a number of one digit, so that sums lie half-way between two integers often. */
  scale(): number {
    const digit = this.between(1, 9) / 100;
    return this.r.uniform() < 0.5 ? digit : 0.02 * Math.exp(this.r.normal() * 0.5);
  }

  bytes(type: Byte, shape: readonly number[]): Tensor {
    const low = type === 'uint8' ? 0 : -128;
    // Some tensors are near their ends, where sums saturate.
    const wide = this.r.uniform() < 0.5;
    const byte = () => low + (wide ? this.r.integer(256) : this.pick([0, 1, 2, 253, 254, 255]));
    return Tensor.of(type, Array.from({ length: product(shape) }, byte), shape);
  }

  parameters(type: Byte, scale = this.scale()): Pick<Quantized, 'type' | 'scale' | 'zeroPoint'> {
    const low = type === 'uint8' ? 0 : -128;
    const zeroPoint = low + this.pick([0, 128, this.r.integer(256)]);
    return { type, scale: this.b.scalar(scale), zeroPoint: this.b.constant(type, [zeroPoint], []) };
  }

  input(shape: readonly number[], type: Byte = 'uint8'): Quantized {
    const name = `x${Object.keys(this.feeds).length}`;
    this.feeds[name] = this.bytes(type, shape);
    return { value: this.b.input(name, type, shape), shape, ...this.parameters(type) };
  }

  /** A node of one quantized output, which becomes an output of the graph. */
  op(
    opType: string,
    inputs: readonly (Value | undefined)[],
    to: {
      parameters: Pick<Quantized, 'type' | 'scale' | 'zeroPoint'>;
      attributes?: Record<string, AttributeInput>;
      domain?: string;
    },
  ): Quantized {
    const value = this.b.op(opType, inputs, to.attributes ?? {}, to.domain ?? 'com.microsoft');
    return { ...to.parameters, value, shape: value.shape as number[] };
  }

  weights(shape: readonly number[], channels: number, type: Byte): [Value, Value, Value] {
    const perChannel = this.r.uniform() < 0.6;
    const count = perChannel ? channels : 1;
    const dims = perChannel ? [count] : [];
    const symmetric = type === 'int8' && this.r.uniform() < 0.7;
    const zeroPoint = symmetric ? 0 : (type === 'uint8' ? 128 : 0) + this.between(-9, 9);
    return [
      this.b.constant(type, this.bytes(type, shape).data, shape),
      this.b.constant(
        'float32',
        Array.from({ length: count }, () => 0.1 * this.scale()),
        dims,
      ),
      this.b.constant(type, new Array(count).fill(zeroPoint), dims),
    ];
  }

  bias(count: number): Value | undefined {
    if (this.r.uniform() < 0.3) return undefined;
    return this.b.constant(
      'int32',
      Array.from({ length: count }, () => this.between(-40000, 40000)),
    );
  }
}

const of = ({ value, scale, zeroPoint }: Quantized): Value[] => [value, scale, zeroPoint];

function conv(w: Writer, { depthwise = false, groups = 1, rank = 2 } = {}): Quantized {
  const perGroup = depthwise ? 1 : w.between(1, 9);
  const group = depthwise ? w.pick([3, 8, 16, 24]) : groups;
  const outputs = depthwise ? group : group * w.between(1, groups === 1 ? 24 : 5);
  const kernel = Array.from({ length: rank }, () => w.between(1, 3));
  const spatial = Array.from({ length: rank }, () => w.between(5, 8));
  const type = w.pick(['uint8', 'uint8', 'int8'] as const);
  const x = w.input([w.between(1, 2), perGroup * group, ...spatial], type);
  const weights = w.weights(
    [outputs, perGroup, ...kernel],
    outputs,
    type === 'int8' ? 'int8' : w.pick(['int8', 'int8', 'uint8']),
  );
  const y = w.parameters(type, 3 * w.scale());
  return w.op('QLinearConv', [...of(x), ...weights, y.scale, y.zeroPoint, w.bias(outputs)], {
    parameters: y,
    domain: '',
    attributes: {
      group,
      kernel_shape: kernel,
      strides: kernel.map(() => w.between(1, 2)),
      dilations: kernel.map(() => w.between(1, 2)),
      pads: [...kernel, ...kernel].map(() => w.between(0, 2)),
    },
  });
}

function gemm(w: Writer, { toFloat = false } = {}): Quantized {
  const [rows, width, columns] = [w.between(1, 9), w.between(1, 70), w.between(1, 40)];
  const transB = w.r.integer(2);
  const type = w.pick(['uint8', 'uint8', 'int8'] as const);
  const x = w.input([rows, width], type);
  const weights = w.weights(
    transB ? [columns, width] : [width, columns],
    columns,
    type === 'int8' ? 'int8' : w.pick(['int8', 'uint8']),
  );
  const y = w.parameters(type, 4 * w.scale());
  const to = toFloat ? [undefined, undefined] : [y.scale, y.zeroPoint];
  const alpha = float(w.pick([1, 1, 0.5]));
  return w.op('QGemm', [...of(x), ...weights, w.bias(columns), ...to], {
    parameters: y,
    attributes: { transB, alpha },
  });
}

function matMul(w: Writer, { constant = true } = {}): Quantized {
  const [batch, rows, width, columns] = [
    w.between(1, 3),
    w.between(1, 6),
    w.between(1, 50),
    w.between(1, 34),
  ];
  const x = w.input([batch, rows, width]);
  const y = w.parameters('uint8', 4 * w.scale());
  const right = constant
    ? w.weights([width, columns], columns, w.pick(['int8', 'uint8']))
    : of(w.input([batch, width, columns], w.pick(['uint8', 'int8'])));
  return w.op('QLinearMatMul', [...of(x), ...right, y.scale, y.zeroPoint], { parameters: y, domain: '' });
}

function matMulToFloat(w: Writer): Quantized {
  const [rows, width, columns] = [w.between(1, 6), w.between(1, 50), w.between(1, 34)];
  const x = w.input([rows, width]);
  const [weight, scale, zeroPoint] = w.weights([width, columns], columns, w.pick(['int8', 'uint8']));
  const bias = w.r.integer(2)
    ? w.b.constant(
        'float32',
        Array.from({ length: columns }, () => w.r.normal()),
      )
    : undefined;
  return w.op('MatMulIntegerToFloat', [x.value, weight, x.scale, scale, x.zeroPoint, zeroPoint, bias], {
    parameters: x,
  });
}

function binary(w: Writer, opType: string): Quantized {
  const shape = [w.between(1, 3), w.between(1, 5), w.between(2, 8), w.between(2, 9)];
  const other = w.pick([shape, [1, shape[1]!, 1, 1], [shape[3]!], [1], [shape[0]!, 1, 1, shape[3]!]]);
  const type = w.pick(['uint8', 'int8'] as const);
  const pair = [w.input(shape, type), w.input(other, type)];
  if (w.r.integer(2)) pair.reverse();
  const y = w.parameters(type, w.pick([0.1, 0.5, 1]) * w.pick([1, 1, w.scale()]));
  return w.op(opType, [...of(pair[0]!), ...of(pair[1]!), y.scale, y.zeroPoint], { parameters: y });
}

function concat(w: Writer): Quantized {
  const type = w.pick(['uint8', 'int8'] as const);
  const parts = [w.between(1, 5), w.between(1, 5)].map((channels) => w.input([2, channels, 3, 4], type));
  const y = w.r.integer(2) ? parts[0]! : w.parameters(type);
  return w.op('QLinearConcat', [y.scale, y.zeroPoint, ...parts.flatMap(of)], {
    parameters: y,
    attributes: { axis: 1 },
  });
}

function pool(w: Writer, kind: 'max' | 'average' | 'global'): Quantized {
  const type = kind === 'max' ? w.pick(['uint8', 'int8'] as const) : 'uint8';
  const x = w.input([w.between(1, 2), w.between(1, 20), w.between(4, 9), w.between(4, 9)], type);
  const y = w.parameters(type, w.pick([0.5, 1, 2]) * w.scale());
  if (kind === 'global')
    return w.op('QLinearGlobalAveragePool', [...of(x), y.scale, y.zeroPoint], {
      parameters: y,
      attributes: { channels_last: w.r.integer(2) },
    });
  const kernel_shape = [w.between(2, 3), w.between(2, 3)];
  const attributes = {
    kernel_shape,
    strides: [w.between(1, 2), w.between(1, 2)],
    pads: [w.r.integer(2), w.r.integer(2), 1, 1],
  };
  if (kind === 'max') return w.op('MaxPool', [x.value], { parameters: x, attributes, domain: '' });
  return w.op('QLinearAveragePool', [...of(x), y.scale, y.zeroPoint], {
    parameters: y,
    attributes: { ...attributes, count_include_pad: w.r.integer(2) },
  });
}

function unary(w: Writer, opType: string, attributes: Record<string, AttributeInput> = {}): Quantized {
  const x = w.input([3, w.between(2, 40)], w.pick(['uint8', 'int8']));
  const y =
    opType === 'QLinearSoftmax'
      ? {
          ...w.parameters(x.type, 1 / 256),
          zeroPoint: w.b.constant(x.type, [x.type === 'uint8' ? 0 : -128], []),
        }
      : w.parameters(x.type);
  return w.op(opType, [...of(x), y.scale, y.zeroPoint], { parameters: y, attributes });
}

/** What moves integers: computed here or by onnxruntime, between two operators that count. */
function moves(w: Writer): Quantized {
  const { b } = w;
  const x = conv(w);
  const resized = b.op('Resize', [x.value, undefined, b.constant('float32', [1, 1, 2, 2])], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
  const turned = b.op('Transpose', [resized], { perm: [0, 2, 3, 1] });
  const flat = b.op('Flatten', [turned]);
  const reshaped = b.op('Reshape', [flat, b.int64s([0, 2, -1])]);
  const y = w.parameters(x.type);
  const twin = { ...x, value: reshaped };
  return w.op('QLinearAdd', [...of(twin), ...of(twin), y.scale, y.zeroPoint], { parameters: y });
}

/** float32 to integers, through float32 nodes, and back. */
function floats(w: Writer): Quantized {
  const { b } = w;
  w.feeds.f = Tensor.of(
    'float32',
    Float32Array.from({ length: 60 }, () => 3 * w.r.normal()),
    [3, 20],
  );
  const [p, y] = [w.parameters('uint8'), w.parameters('int8')];
  const q = b.op('QuantizeLinear', [b.input('f', 'float32', [3, 20]), p.scale, p.zeroPoint]);
  const real = b.op('DequantizeLinear', [q, p.scale, p.zeroPoint]);
  const back = b.op('QuantizeLinear', [b.op('Sqrt', [b.op('Abs', [real])]), y.scale, y.zeroPoint]);
  return { value: back, shape: [3, 20], ...y };
}

/** Activations that take their scale from their own range. */
function dynamicMatMul(w: Writer): Quantized {
  const [rows, width, columns] = [w.between(1, 6), w.between(1, 50), w.between(1, 34)];
  const reals = Float32Array.from({ length: rows * width }, () => w.r.normal() + w.pick([0, 1, -3]));
  w.feeds.f = Tensor.of('float32', reals, [rows, width]);
  const [weight, scale, zeroPoint] = w.weights([width, columns], columns, w.pick(['int8', 'uint8']));
  const bias = w.r.integer(2)
    ? w.b.constant(
        'float32',
        Array.from({ length: columns }, () => w.r.normal()),
      )
    : undefined;
  const x = w.b.input('f', 'float32', [rows, width]);
  return w.op('DynamicQuantizeMatMul', [x, weight, scale, zeroPoint, bias], {
    parameters: w.parameters('uint8'),
  });
}

const kinds: Readonly<Record<string, (w: Writer) => Quantized>> = {
  conv: (w) => conv(w),
  'wide conv': (w) => conv(w, { rank: w.pick([1, 2]) }),
  'grouped conv': (w) => conv(w, { groups: w.between(2, 3) }),
  'depthwise conv': (w) => conv(w, { depthwise: true }),
  gemm: (w) => gemm(w),
  'gemm to float': (w) => gemm(w, { toFloat: true }),
  'matMul of a constant': (w) => matMul(w),
  'matMul of activations': (w) => matMul(w, { constant: false }),
  'matMul to float': matMulToFloat,
  add: (w) => binary(w, 'QLinearAdd'),
  mul: (w) => binary(w, 'QLinearMul'),
  concat,
  'max pool': (w) => pool(w, 'max'),
  'average pool': (w) => pool(w, 'average'),
  'global average pool': (w) => pool(w, 'global'),
  sigmoid: (w) => unary(w, 'QLinearSigmoid'),
  'leaky relu': (w) => unary(w, 'QLinearLeakyRelu', { alpha: float(0.1) }),
  softmax: (w) => unary(w, 'QLinearSoftmax', { axis: -1, opset: 13 }),
  'moves of integers': moves,
  'floats between': floats,
  'dynamic matMul': dynamicMatMul,
};

export const graphKinds: readonly string[] = Object.keys(kinds);

/** The random graph of one kind and seed, with one batch for it. */
export function randomGraph(kind: string, seed: number): { readonly model: Model; readonly feeds: Feeds } {
  const writer = new Writer(seed);
  writer.b.output(kinds[kind]!(writer).value, 'y');
  const model = new Model(writer.b.graph);
  model.opsets.set('com.microsoft', 1);
  return { model, feeds: writer.feeds };
}
