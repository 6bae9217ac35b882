import { type GraphBuilder, Model, Tensor, type Value } from '../../../../src/ir/index.ts';
import { createBuilder } from '../../../../src/ops/index.ts';
import { rng } from './random.ts';

type Write = (w: Writer, x: Value) => Value;

/** Writes layers with random weights, named by their order. */
export class Writer {
  readonly g: GraphBuilder = createBuilder();
  readonly #random = rng(7);
  #count = 0;

  weight(shape: readonly number[], low = -1, high = 1): Value {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, () => low + (high - low) * this.#random());
    return this.g.initializer(`w${this.#count++}`, Tensor.of('float32', data, shape));
  }

  conv(x: Value, filters: number, { kernel = 1, group = 1 } = {}): Value {
    const channels = Number(x.shape![1]);
    const w = this.weight([filters, channels / group, kernel, kernel]);
    const pads = Array(4).fill((kernel - 1) / 2);
    return this.g.op('Conv', [x, w, this.weight([filters])], { group, pads });
  }

  norm(x: Value): Value {
    const c = [Number(x.shape![1])];
    const [scale, bias, mean, variance] = [
      this.weight(c),
      this.weight(c),
      this.weight(c),
      this.weight(c, 0.5, 1),
    ];
    return this.g.op('BatchNormalization', [x, scale, bias, mean, variance]);
  }

  dense(x: Value, units: number): Value {
    return this.g.op('MatMul', [x, this.weight([Number(x.shape!.at(-1)), units])]);
  }

  ints(values: readonly number[]): Value {
    return this.g.int64s(values);
  }
}

function net(shape: readonly number[], write: Write): Model {
  const w = new Writer();
  const x = w.g.input('x', 'float32', shape);
  w.g.output(write(w, x), 'y');
  return new Model(w.g.graph, 18);
}

export const image = (write: Write): Model => net([1, 3, 8, 8], (w, x) => w.conv(write(w, x), 2));
const tokens = (write: Write): Model => net([1, 5, 6], (w, x) => w.dense(write(w, x), 3));

/** Each has channels between two layers that only the operators of its name couple. */
export const nets: Readonly<Record<string, Model>> = {
  'residual, normalization': image((w, x) => {
    const a = w.g.op('Relu', [w.norm(w.conv(x, 8, { kernel: 3 }))]);
    return w.g.op('Add', [a, w.norm(w.conv(a, 8, { kernel: 3 }))]);
  }),
  depthwise: image((w, x) => w.conv(w.conv(x, 8), 8, { kernel: 3, group: 8 })),
  'depthwise with a multiplier': image((w, x) => w.conv(w.conv(x, 4), 8, { kernel: 3, group: 4 })),
  'grouped, wide': image((w, x) => w.conv(w.conv(x, 8), 12, { kernel: 3, group: 2 })),
  'grouped, narrow': image((w, x) => w.conv(w.conv(x, 8), 16, { group: 4 })),
  'channel shuffle': image((w, x) => {
    const y = w.conv(x, 12);
    const apart = w.g.op('Reshape', [y, w.ints([0, 2, 6, 8, 8])]);
    const mixed = w.g.op('Transpose', [apart], { perm: [0, 2, 1, 3, 4] });
    return w.conv(w.g.op('Reshape', [mixed, w.ints([0, 12, 8, 8])]), 12, { kernel: 3, group: 12 });
  }),
  transposed: image((w, x) =>
    w.g.op('ConvTranspose', [w.conv(x, 6), w.weight([6, 5, 2, 2]), w.weight([5])], { strides: [2, 2] }),
  ),
  'transposed, grouped': image((w, x) =>
    w.g.op('ConvTranspose', [w.conv(x, 8), w.weight([8, 3, 2, 2])], { strides: [2, 2], group: 2 }),
  ),
  concat: image((w, x) => {
    const a = w.conv(x, 4);
    return w.norm(w.g.op('Concat', [a, x, w.conv(a, 5)], { axis: 1 }));
  }),
  'split by default': image((w, x) => {
    const [a, b] = w.g.node('Split', [w.conv(x, 8)], { axis: 1, num_outputs: 2 }, 2);
    return w.g.op('Concat', [w.conv(a!, 3), w.g.op('Relu', [b!])], { axis: 1 });
  }),
  'gated halves': image((w, x) => {
    const [a, b] = w.g.node('Split', [w.conv(x, 8), w.ints([4, 4])], { axis: 1 }, 2);
    return w.g.op('Mul', [a!, w.g.op('Sigmoid', [b!])]);
  }),
  slice: image((w, x) => {
    const y = w.conv(x, 8);
    const part = (from: number, to: number): Value =>
      w.g.op('Slice', [y, w.ints([from]), w.ints([to]), w.ints([1])]);
    return w.g.op('Concat', [w.conv(part(0, 3), 4), part(-5, 100)], { axis: 1 });
  }),
  gather: image((w, x) => w.g.op('Gather', [w.conv(x, 6), w.ints([5, 0, 3, -2])], { axis: 1 })),
  flatten: net([2, 3, 4, 4], (w, x) => {
    const flat = w.g.op('Flatten', [w.conv(x, 6)]);
    const hidden = w.g.op('Gemm', [flat, w.weight([7, 96]), w.weight([7])], { transB: 1 });
    return w.g.op('Gemm', [w.g.op('Relu', [hidden]), w.weight([7, 3]), w.weight([1, 3])]);
  }),
  unflatten: net([2, 5], (w, x) => {
    const y = w.g.op('Reshape', [w.dense(x, 24), w.ints([-1, 6, 2, 2])]);
    return w.conv(w.norm(y), 2);
  }),
  'weights transposed': tokens((w, x) => {
    // As PyTorch exports dense layers without folding constants; the square one reads and makes the same channels.
    const dense = (y: Value, weight: Value): Value => w.g.op('MatMul', [y, w.g.op('Transpose', [weight])]);
    const y = dense(x, w.weight([8, 6]));
    const square = w.g.op('Identity', [w.weight([8, 8])]);
    const wide = w.g.op('Relu', [dense(w.g.op('Add', [y, dense(y, square)]), w.weight([7, 8]))]);
    return w.g.op('MatMul', [wide, w.g.op('Reshape', [w.weight([7, 4]), w.ints([7, 4])])]);
  }),
  'squeeze-excite': image((w, x) => {
    const y = w.conv(x, 8);
    const mean = w.g.op('ReduceMean', [y, w.ints([2, 3])], { keepdims: 0 });
    const small = w.g.op('Relu', [w.dense(mean, 4)]);
    const gate = w.g.op('Reshape', [w.g.op('Sigmoid', [w.dense(small, 8)]), w.ints([0, 8, 1, 1])]);
    return w.g.op('Mul', [y, gate]);
  }),
  'slopes and constants': image((w, x) => {
    const y = w.g.op('PRelu', [w.conv(x, 8), w.weight([8, 1, 1])]);
    return w.g.op('Add', [w.g.op('Mul', [y, w.weight([1, 8, 1, 1])]), w.g.scalar(0.5)]);
  }),
  'padded shortcut': image((w, x) => {
    const y = w.conv(x, 4);
    const wide = w.g.op('Pad', [y, w.ints([0, 1, 0, 0, 0, 3, 0, 0])]);
    return w.g.op('Add', [wide, w.conv(y, 8, { kernel: 3 })]);
  }),
  'resize, expand': image((w, x) => {
    const y = w.g.op('Resize', [w.conv(x, 6), undefined, undefined, w.ints([1, 6, 16, 16])], {
      mode: 'nearest',
    });
    const wide = w.g.op('Resize', [x, undefined, undefined, w.ints([1, 3, 16, 16])], { mode: 'nearest' });
    const one = w.g.op('ReduceSum', [wide, w.ints([1])], { keepdims: 1 });
    return w.g.op('Add', [y, w.g.op('Expand', [one, w.ints([1, 6, 1, 1])])]);
  }),
  'depth to space': image((w, x) => w.g.op('DepthToSpace', [w.conv(x, 16)], { blocksize: 2 })),
  'depth to space, by channel': image((w, x) =>
    w.g.op('DepthToSpace', [w.conv(x, 16)], { blocksize: 2, mode: 'CRD' }),
  ),
  'space to depth': image((w, x) => w.g.op('SpaceToDepth', [w.conv(x, 5)], { blocksize: 2 })),
  'instance normalization': image((w, x) =>
    w.g.op('InstanceNormalization', [w.conv(x, 6), w.weight([6]), w.weight([6])]),
  ),
  'channels last': net([1, 3, 4, 4], (w, x) => {
    const last = w.g.op('Transpose', [w.conv(x, 6)], { perm: [0, 2, 3, 1] });
    return w.dense(w.g.op('Reshape', [last, w.ints([1, 16, 6])]), 4);
  }),
  'fused attention weights': tokens((w, x) => {
    const qkv = w.g.op('Reshape', [w.dense(x, 24), w.ints([1, 5, 3, 4, 2])]);
    const apart = w.g.op('Transpose', [qkv], { perm: [2, 0, 3, 1, 4] });
    const index = (i: number): Value => w.g.constant('int64', [i], []);
    const [q, k, v] = [0, 1, 2].map((i) => w.g.op('Gather', [apart, index(i)], { axis: 0 })) as [
      Value,
      Value,
      Value,
    ];
    const scores = w.g.op('MatMul', [q, w.g.op('Transpose', [k], { perm: [0, 1, 3, 2] })]);
    const mixed = w.g.op('MatMul', [w.g.op('Softmax', [scores], { axis: -1 }), v]);
    return w.g.op('Reshape', [w.g.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }), w.ints([1, 5, 8])]);
  }),
};
