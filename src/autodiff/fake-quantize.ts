import { dtypeCode, type GraphBuilder, product, type Value } from '../ir/index.ts';
import { staticShape } from '../ops/static-shape.ts';
import { reshape, sumTo } from '../ops/sum-to.ts';
import type { FakeQuantization } from './fake-quantization.ts';
import type { Tape } from './tape.ts';

interface Inputs {
  /** Plain, or for one scale in blocked layout. */
  readonly x: Value;
  readonly scale: Value;
}

/**
 * Writes x -> integers -> real numbers, of the shape of x. The gradient of x is that of the identity where the integer
 * is in range before it is limited, else 0 (the straight-through estimator as PyTorch's `fake_quantize` has it). The
 * gradient of the scale is that of LSQ (Esser et al. 2019, arXiv 1902.08153): round(x/s) - x/s where x is in range, the
 * limit beyond it, times 1/sqrt(N Qp) for N numbers (of a sample or of a weight's scale) and the largest magnitude Qp.
 */
export function fakeQuantize(
  g: GraphBuilder,
  tape: Tape,
  { inputs: { x, scale }, fake }: { inputs: Inputs; fake: FakeQuantization },
): Value {
  return tape.region(g, [x, scale], () => {
    const output = roundTrip(g, { x, scale }, fake);
    return {
      output,
      grad({ g, dy, needs }) {
        const inside = insideMask(g, { x, scale }, fake);
        return [
          needs(0) ? g.op('Mul', [dy, inside]) : undefined,
          needs(1) ? scaleGradient(g, { x, scale, y: output, dy, inside }, fake) : undefined,
        ];
      },
    };
  });
}

function roundTrip(g: GraphBuilder, { x, scale }: Inputs, fake: FakeQuantization): Value {
  const { dtype, axis, min, max, quantize } = fake;
  const shape = axis === undefined ? [] : staticShape(scale);
  const zeros = fake.zeroPoints.length > 1 ? fake.zeroPoints : Array(product(shape)).fill(fake.zeroPoints[0]);
  const inputs = [reshape(g, scale, shape), g.constant(dtype, zeros, shape)];
  const integers = g.op('QuantizeLinear', [x, ...inputs], { axis });
  const isLimited = fake.others.some(({ opType }) => opType === 'Clip');
  const bounds = [min, max].map((bound) => g.constant(quantize.output().dtype ?? dtype, [bound], []));
  const limited = isLimited ? g.op('Clip', [integers, ...bounds]) : integers;
  return g.op('DequantizeLinear', [limited, ...inputs], { axis });
}

/** 1 where the integer of x is in range before it is limited, else 0. */
function insideMask(g: GraphBuilder, { x, scale }: Inputs, fake: FakeQuantization): Value {
  const { axis, zeroPoints, min, max } = fake;
  const low = zeroPoints.map((zero) => edge(min - zero, -1));
  const high = zeroPoints.map((zero) => edge(max - zero, 1));
  if (axis === undefined) {
    const s = reshape(g, scale, []);
    const bound = ([ratio = 0]: number[]): Value => g.op('Mul', [s, g.scalar(ratio)]);
    return between(g, x, { low: fake.isNonNegative ? undefined : bound(low), high: bound(high) });
  }
  const { rows, scales } = rowsOf(staticShape(x), axis);
  const ratio = g.op('Div', [reshape(g, x, rows), reshape(g, scale, scales)]);
  const bound = (ratios: number[]): Value =>
    ratios.length === 1 ? g.scalar(ratios[0]!) : g.constant('float32', ratios, scales);
  return reshape(g, between(g, ratio, { low: bound(low), high: bound(high) }), staticShape(x));
}

function between(g: GraphBuilder, x: Value, { low, high }: { low: Value | undefined; high: Value }): Value {
  const below = g.op('LessOrEqual', [x, high]);
  const both = low ? g.op('And', [below, g.op('GreaterOrEqual', [x, low])]) : below;
  return g.op('Cast', [both], { to: dtypeCode('float32') });
}

/** The last float32 ratio that is rounded to `integer`, half to even, going up (1) or down (-1) from it. */
export function edge(integer: number, direction: 1 | -1): number {
  const half = integer + direction / 2;
  if (integer % 2 === 0) return half;
  // Halves are rounded away from odd integers: the next number towards them is the last. All are exact in float32.
  const [float, bits] = [new Float32Array([half]), new Int32Array(1)];
  new Uint8Array(bits.buffer).set(new Uint8Array(float.buffer));
  bits[0]! += half * direction > 0 ? -1 : 1;
  return new Float32Array(bits.buffer)[0]!;
}

/** A tensor as rows around an axis, such that broadcasting scales over them is cheap. */
function rowsOf(shape: readonly number[], axis: number): { rows: number[]; scales: number[] } {
  const channels = shape[axis]!;
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  const tail = inner === 1 ? [] : [inner];
  const scales = [channels, ...tail.map(() => 1)];
  return { rows: [...(outer === 1 ? [] : [outer]), channels, ...tail], scales };
}

/** Whether it has one scale, and 0 is still 0 after it: then it can be written in blocked layout, whose padding is 0. */
export const keepsZero = ({ axis, zeroPoints, min, max }: FakeQuantization): boolean =>
  axis === undefined && zeroPoints.every((zero) => min <= zero && zero <= max);

interface GradientParts extends Inputs {
  readonly y: Value;
  readonly dy: Value;
  readonly inside: Value;
}

/** sum dy (y - inside x) / s: y is s round(x/s) inside, and s times the limit beyond. */
function scaleGradient(
  g: GraphBuilder,
  { x, scale, y, dy, inside }: GradientParts,
  fake: FakeQuantization,
): Value {
  const error = g.op('Sub', [y, g.op('Mul', [x, inside])]);
  const terms = g.op('Mul', [dy, error]);
  const shape = staticShape(terms);
  const { axis } = fake;
  const { rows, scales } = axis === undefined ? { rows: halves(shape), scales: [] } : rowsOf(shape, axis);
  const sum = sumTo(g, reshape(g, terms, rows), scales);
  const ratio = g.op('Div', [reshape(g, sum, staticShape(scale)), scale]);
  return g.op('Mul', [ratio, g.scalar(lsqFactor(fake))]);
}

/** Two axes, which are summed faster than one. */
const halves = (shape: readonly number[]): number[] => [shape[0] ?? 1, product(shape.slice(1))];

function lsqFactor({ x, axis, perSample, zeroPoints, min, max }: FakeQuantization): number {
  const shape = staticShape(x);
  const scales = axis === undefined ? 1 : shape[axis]!;
  const count = product(perSample ? shape.slice(1) : shape) / scales;
  const largest = Math.max(...zeroPoints.map((zero) => Math.max(max - zero, zero - min)));
  return 1 / Math.sqrt(count * largest);
}
