import { type DType, type GraphBuilder, Model, product, type Value } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';

/** Chance and choice for one graph. */
interface Dice {
  chance(p: number): boolean;
  pick<T>(list: readonly T[]): T;
  normal(): number;
}

interface Draft {
  readonly b: GraphBuilder;
  readonly dice: Dice;
  /** Of activations, unless a defect says otherwise. */
  readonly dtype: DType;
  /** How often something is wrong with a pair. */
  readonly defects: number;
  readonly opset: number;
  /** Values [1, 8, 6, 6]. */
  readonly images: Value[];
  /** Values [1, 16]. */
  readonly rows: Value[];
}

/**
 * A quantized graph of up to 12 operators, the same for the same seed, with the defects that keep onnxruntime from int8:
 * pairs missing, of other types or scales, shared, not constant, read beside; float bias; outputs in the middle.
 */
export function randomQuantized(seed: number): Model {
  const { uniform, normal } = random(seed);
  const dice: Dice = {
    chance: (p) => uniform() < p,
    pick: (list) => list[Math.floor(uniform() * list.length)]!,
    normal,
  };
  const b = createBuilder({ name: `random ${seed}` });
  const draft: Draft = {
    b,
    dice,
    dtype: dice.pick(['uint8', 'uint8', 'uint8', 'int8'] as const),
    defects: dice.pick([0, 0.05, 0.15, 0.3]),
    opset: dice.pick([13, 17, 19, 21]),
    images: [],
    rows: [],
  };
  draft.images.push(pair(draft, b.input('x', 'float32', [1, 8, 6, 6])));
  draft.rows.push(pair(draft, b.input('r', 'float32', [1, 16])));
  const steps = 3 + Math.floor(uniform() * 10);
  for (let i = 0; i < steps; i++) (dice.chance(0.7) ? imageStep : rowStep)(draft);
  closeGraph(draft);
  return new Model(b.graph, draft.opset);
}

/** All values without a reader are outputs, and some with one. */
function closeGraph({ b, dice, defects }: Draft): void {
  for (const node of b.graph.nodes)
    for (const value of node.outputs)
      if (value.uses.length === 0 || (dice.chance(defects / 8) && value.dtype === 'float32')) b.output(value);
}

/** Weights or scales; sometimes not constant, where the graph may have defects. */
function constant({ b }: Draft, dtype: DType, data: readonly number[], shape: readonly number[]): Value {
  return b.constant(dtype, data, shape);
}

const shapeOf = (value: Value): number[] => value.shape!.map(Number);

interface Encoding {
  readonly scale: Value;
  readonly zero: Value | undefined;
}

function encoding(draft: Draft, dtype = draft.dtype): Encoding {
  const { b, dice, defects } = draft;
  const shape: number[] = [];
  const scale = dice.pick([0.02, 0.04, 6 / 255, 6.005 / 255, 1 / 256, 0.1]);
  const zeros: Partial<Record<DType, number[]>> = {
    uint8: [0, 0, 128, 7],
    int8: [-128, 0, -128, 5],
    uint16: [0, 32768],
  };
  const zero = dice.pick(zeros[dtype] ?? [0]);
  const without = dtype === 'uint8' && zero === 0 && dice.chance(defects / 2);
  const scales = dice.chance(defects / 4)
    ? b.input(b.graph.uniqueName('scale'), 'float32', shape)
    : constant(draft, 'float32', [scale], shape);
  return { scale: scales, zero: without ? undefined : constant(draft, dtype, [zero], shape) };
}

const q = ({ b }: Draft, x: Value, { scale, zero }: Encoding): Value =>
  b.op('QuantizeLinear', zero ? [x, scale, zero] : [x, scale]);
const dq = ({ b }: Draft, x: Value, { scale, zero }: Encoding): Value =>
  b.op('DequantizeLinear', zero ? [x, scale, zero] : [x, scale]);

const encodings = new WeakMap<Value, Encoding>();

/** What readers of `x` read: its round trip, or with a defect something else. `like`: take the scale of that value. */
function pair(draft: Draft, x: Value, like?: Value): Value {
  const { dice, defects } = draft;
  if (dice.chance(defects)) return x;
  const known = like && encodings.get(like);
  const other =
    dice.chance(defects / 2) && draft.opset >= 21 ? 'uint16' : dice.pick(['uint8', 'int8'] as const);
  const dtype = dice.chance(defects / 2) ? other : draft.dtype;
  const used = known && !dice.chance(defects) ? known : encoding(draft, dtype);
  const quantized = q(draft, x, used);
  const real = dq(draft, quantized, used);
  encodings.set(real, used);
  if (dice.chance(defects / 2)) return dice.pick([x, real]);
  if (dice.chance(defects / 2)) {
    const again = dq(draft, quantized, used);
    encodings.set(again, used);
    draft.images.push(...(shapeOf(x).join() === '1,8,6,6' ? [real] : []));
    return again;
  }
  if (dice.chance(defects / 3)) {
    const second = encoding(draft, draft.dtype);
    const again = dq(draft, q(draft, x, second), second);
    encodings.set(again, second);
    return dice.pick([real, again]);
  }
  return real;
}

/** Weight as integers behind DequantizeLinear, one scale or one a channel along `axis`. */
function weight(draft: Draft, shape: readonly number[], axis: number): Value {
  const { b, dice, defects } = draft;
  if (dice.chance(defects / 2))
    return constant(draft, 'float32', Array.from({ length: product(shape) }, dice.normal), shape);
  if (dice.chance(defects / 3)) return pair(draft, b.input(b.graph.uniqueName('w'), 'float32', shape));
  const dtype = dice.chance(defects / 2) ? 'uint8' : 'int8';
  const data = Array.from({ length: product(shape) }, () => Math.round(Math.abs(dice.normal() * 30) % 100));
  const perChannel = dice.chance(0.5);
  const count = perChannel ? shape[axis]! : 1;
  const parameters = perChannel ? [count] : [];
  const scale = constant(draft, 'float32', new Array<number>(count).fill(0.01), parameters);
  const zero = constant(draft, dtype, new Array<number>(count).fill(0), parameters);
  const inputs = [constant(draft, dtype, data, shape), scale, zero];
  return b.op('DequantizeLinear', inputs, perChannel ? { axis } : {});
}

/** A bias in int32, or with a defect in float or int8; undefined for none. */
function bias(draft: Draft, channels: number, x: Value): Value | undefined {
  const { b, dice, defects } = draft;
  if (dice.chance(0.3)) return undefined;
  const data = Array.from({ length: channels }, () => Math.round(dice.normal() * 20));
  if (dice.chance(defects)) return constant(draft, 'float32', data, [channels]);
  const dtype = dice.chance(defects / 3) ? 'int8' : 'int32';
  const input = encodings.get(x)?.scale.tensor?.toNumbers()[0] ?? 0.02;
  const factor = dice.chance(defects / 2) ? dice.pick([1.005, 1.02]) : 1;
  const scale = constant(draft, 'float32', [input * 0.01 * factor], []);
  const zero = constant(draft, dtype, [0], []);
  return b.op('DequantizeLinear', [constant(draft, dtype, data, [channels]), scale, zero]);
}

function activated(draft: Draft, y: Value): Value {
  const { b, dice } = draft;
  if (dice.chance(0.5)) return y;
  if (dice.chance(0.6)) return b.op('Relu', [y]);
  const [low, high] = dice.pick([
    [0, 6],
    [0, 1],
    [-1, 1],
    [-100, 100],
  ] as const);
  return b.op('Clip', [y, b.scalar(low), b.scalar(high)]);
}

/** One operator on [1, 8, 6, 6], which gives the same shape and feeds the next ones. */
function imageStep(draft: Draft): void {
  const { b, dice, images } = draft;
  const x = dice.pick(images.slice(-3));
  const step = dice.pick(imageSteps);
  const { y, like } = step(draft, x);
  const out = like ? y : activated(draft, y);
  const real = pair(draft, out, like && out === y ? x : undefined);
  const shape = shapeOf(real);
  if (shape.join() === '1,8,6,6') images.push(real);
  else b.op('Neg', [real]);
}

interface Step {
  readonly y: Value;
  /** The values only moved: the output takes the scale of the input. */
  readonly like?: true;
}

const window = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };

const imageSteps: readonly ((draft: Draft, x: Value) => Step)[] = [
  (d, x) => ({ y: d.b.op('Conv', [x, weight(d, [8, 8, 3, 3], 0), bias(d, 8, x)], window) }),
  (d, x) => ({ y: d.b.op('Conv', [x, weight(d, [8, 1, 3, 3], 0), bias(d, 8, x)], { ...window, group: 8 }) }),
  (d, x) => ({ y: d.b.op('Conv', [x, weight(d, [8, 8, 1, 1], 0), bias(d, 8, x)]) }),
  (d, x) => ({ y: d.b.op('Add', [x, d.dice.pick(d.images)]) }),
  (d, x) => ({ y: d.b.op('Mul', [x, d.dice.pick(d.images)]) }),
  (d, x) => ({ y: d.b.op('Sub', [x, d.dice.pick(d.images)]) }),
  (d, x) => ({ y: d.b.op('AveragePool', [x], window) }),
  (d, x) => ({ y: d.b.op('MaxPool', [x], window), like: true }),
  (d, x) => ({
    y: d.b.op(d.dice.pick(['Sigmoid', 'Tanh', 'HardSigmoid', 'Softmax', 'LeakyRelu', 'Neg']), [x]),
  }),
  (d, x) => ({ y: d.b.op('Transpose', [x], { perm: [0, 1, 3, 2] }), like: true }),
  (d, x) => ({ y: d.b.op('Reshape', [x, d.b.constant('int64', [1, 8, 6, 6])]), like: true }),
  (d, x) => ({
    y: d.b.op('Resize', [x, undefined, d.b.constant('float32', [1, 1, 1, 2])], { mode: 'nearest' }),
    like: true,
  }),
  (d, x) => ({ y: d.b.op('Concat', [x, d.dice.pick(d.images)], { axis: 1 }) }),
  (d, x) => ({ y: d.b.op('GlobalAveragePool', [x]) }),
  (d, x) => ({ y: d.b.op('Where', [d.b.constant('bool', [1], [1]), x, d.dice.pick(d.images)]) }),
  (d, x) => {
    const halves = d.b.node('Split', [x], { axis: 1, ...(d.opset >= 18 && { num_outputs: 2 }) }, 2);
    const reals = halves.map((half) => pair(d, half, x));
    return { y: d.b.op('Concat', reals, { axis: 1 }) };
  },
  (d, x) => ({ y: d.b.op('Gather', [x, d.b.constant('int64', [0, 1, 2], [3])], { axis: 1 }), like: true }),
  (d, x) => ({ y: d.b.op('ReduceMean', [x], { keepdims: 1 }) }),
  (d, x) => ({ y: d.b.op('ReduceMax', [x], { keepdims: 1 }), like: true }),
  (d, x) => ({ y: d.b.op('Identity', [x]), like: true }),
  (d, x) => ({ y: d.b.op('Pad', [x, d.b.constant('int64', [0, 0, 1, 1, 0, 0, 0, 0])]), like: true }),
  (d, x) => ({
    y: d.b.op('MatMul', [x, d.dice.pick(d.images)]),
  }),
];

/** One operator on [1, 16]. */
function rowStep(draft: Draft): void {
  const { b, dice, rows } = draft;
  const x = dice.pick(rows.slice(-2));
  const y = dice.pick(rowSteps)(draft, x);
  rows.push(pair(draft, activated(draft, y)));
  if (dice.chance(0.05)) b.op('ArgMax', [rows.at(-1)!], { axis: 1 });
}

const rowSteps: readonly ((draft: Draft, x: Value) => Value)[] = [
  (d, x) => d.b.op('Gemm', [x, weight(d, [16, 16], 0), bias(d, 16, x)], { transB: 1 }),
  (d, x) => d.b.op('Gemm', [x, weight(d, [16, 16], 1), bias(d, 16, x)]),
  (d, x) => d.b.op('MatMul', [x, weight(d, [16, 16], 1)]),
  (d, x) =>
    d.b.op('Add', [
      d.b.op('MatMul', [x, weight(d, [16, 16], 1)]),
      d.b.constant('float32', new Array(16).fill(0.1)),
    ]),
  (d, x) => d.b.op('Add', [x, d.dice.pick(d.rows)]),
  (d, x) => d.b.op('Softmax', [x]),
];
