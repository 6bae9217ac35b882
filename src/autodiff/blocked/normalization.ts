import { type GraphBuilder, product, type Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import type { Tape } from '../tape.ts';
import { type Blocked, cutVector, padVector } from './layout.ts';
import { activationMask } from './mask.ts';
import { type Activation, affine, channelDot, channelSum } from './nchwc.ts';

interface Normalization {
  readonly x: Blocked;
  /** [C] each. */
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly epsilon: number;
  readonly momentum: number;
  readonly block: number;
  readonly activation?: Activation | undefined;
}

/** Statistics of a batch as vectors [padded C]; the mean is of x with its shift taken off. */
interface Statistics {
  readonly mean: Value;
  readonly variance: Value;
  /** 1 / standard deviation. */
  readonly inverse: Value;
  /** scale / standard deviation. */
  readonly factor: Value;
}

/**
 * Batch normalization (Ioffe and Szegedy 2015) and the activation behind it, as while training. Three passes over memory
 * forward: sum, sum of squares, affine map. The variance is mean square minus squared mean: x comes with the running mean
 * taken off where a convolution makes it, so that the difference does not cancel. Also returns the new running values.
 */
export function normalization(
  g: GraphBuilder,
  tape: Tape,
  norm: Normalization,
): { output: Blocked; mean: Value; variance: Value } {
  const { x, scale, bias, activation, block } = norm;
  let statistics: Statistics | undefined;
  const value = tape.region(g, [x.value, scale, bias], () => {
    const found = batchStatistics(g, norm);
    statistics = found;
    const offset = g.op('Sub', [padVector(g, bias, block), g.op('Mul', [found.mean, found.factor])]);
    const y = affine(g, x.value, { scale: found.factor, bias: offset, activation });
    return {
      output: y,
      grad({ g, dy }) {
        const inner = activation ? g.op('Mul', [dy, activationMask(g, y, activation)]) : dy;
        return gradients(g, x, { dy: inner, ...found });
      },
    };
  });
  return { output: { value, channels: x.channels }, ...runningValues(g, norm, statistics!) };
}

function batchStatistics(g: GraphBuilder, { x, scale, epsilon, block }: Normalization): Statistics {
  const share = g.scalar(1 / positions(x));
  const mean = g.op('Mul', [channelSum(g, x.value), share]);
  const meanSquare = g.op('Mul', [channelDot(g, x.value, x.value), share]);
  // Rounding may leave a constant channel a little below zero.
  const variance = g.op('Relu', [g.op('Sub', [meanSquare, g.op('Mul', [mean, mean])])]);
  const deviation = g.op('Sqrt', [g.op('Add', [variance, g.scalar(epsilon)])]);
  const inverse = g.op('Reciprocal', [deviation]);
  return { mean, variance, inverse, factor: g.op('Mul', [padVector(g, scale, block), inverse]) };
}

/** Numbers behind each mean. */
const positions = ({ value }: Blocked): number => product(staticShape(value)) / staticShape(value)[1]!;

/**
 * With S = sum dy, T = sum dy (x - mean), over n numbers: d bias = S, d scale = T inverse,
 * dx = factor (dy - S/n - (x - mean) inverse^2 T/n), which is an affine map of dy plus one of x.
 */
function gradients(g: GraphBuilder, x: Blocked, { dy, ...batch }: Statistics & { dy: Value }): Value[] {
  const { mean, inverse, factor } = batch;
  const share = g.scalar(-1 / positions(x));
  const sum = channelSum(g, dy);
  const centred = g.op('Sub', [channelDot(g, dy, x.value), g.op('Mul', [mean, sum])]);
  const dScale = g.op('Mul', [centred, inverse]);
  const slope = g.op('Mul', [g.op('Mul', [g.op('Mul', [dScale, inverse]), factor]), share]);
  const level = g.op('Mul', [g.op('Mul', [sum, factor]), share]);
  const offset = g.op('Sub', [level, g.op('Mul', [slope, mean])]);
  const scaled = affine(g, dy, { scale: factor });
  const dx = affine(g, x.value, { scale: slope, bias: offset, sum: scaled });
  return [dx, cutVector(g, dScale, x.channels), cutVector(g, sum, x.channels)];
}

function runningValues(
  g: GraphBuilder,
  norm: Normalization,
  batch: Statistics,
): { mean: Value; variance: Value } {
  const { x, mean, variance, momentum } = norm;
  const trueMean = x.shift ? g.op('Add', [batch.mean, x.shift]) : batch.mean;
  const moved = (running: Value, fresh: Value): Value => {
    const kept = g.op('Mul', [running, g.scalar(momentum)]);
    return g.op('Add', [kept, g.op('Mul', [cutVector(g, fresh, x.channels), g.scalar(1 - momentum)])]);
  };
  return { mean: moved(mean, trueMean), variance: moved(variance, batch.variance) };
}
