import type { GraphBuilder, Value } from '../../../ir/index.ts';
import { mask } from '../../../ops/sum-to.ts';
import type { IntegerRange } from '../../scale.ts';

/** How far the sigmoid is stretched beyond 0 and 1, so that its ends can be reached (Louizos et al. 2018, arXiv 1712.01312). */
const [low, high] = [-0.1, 1.1];
const width = high - low;

/** Weights as the integers below them and how far they are on the way to the next ones. */
export interface SoftWeights {
  /** floor(W / s), so that this and the next integer are both allowed. */
  readonly floor: Float32Array<ArrayBuffer>;
  /** V with h(V) the rest of W / s. */
  readonly variables: Float32Array<ArrayBuffer>;
}

/** |V| from which h is 0 or 1 and does not move any more. */
export const flat = Math.log((1 - low) / -low);

/** V of weights that stay at their end. */
const saturated = 3;

/** `real` numbers over their `scale`s, element by element. Those beyond the integers stay at the last one. */
export function softWeights(
  real: Float32Array,
  scale: (index: number) => number,
  integers: IntegerRange,
): SoftWeights {
  const floor = new Float32Array(real.length);
  const variables = Float32Array.from(real, (w, i) => {
    const q = Math.fround(w / scale(i));
    floor[i] = Math.min(Math.max(Math.floor(q), integers.min), integers.max - 1);
    return variableOf(q - floor[i]!);
  });
  return { floor, variables };
}

const variableOf = (h: number): number => {
  if (h <= 0) return -saturated;
  return h >= 1 ? saturated : -Math.log(width / (h - low) - 1);
};

const rounding = (v: number): number => Math.min(1, Math.max(0, width / (1 + Math.exp(-v)) + low));

/** V half way between where it is and the integers chosen before. */
export const towards = ({ floor, variables }: SoftWeights, chosen: ArrayLike<number>): SoftWeights => ({
  floor,
  variables: variables.map((v, i) => variableOf((rounding(v) + (chosen[i]! > floor[i]! ? 1 : 0)) / 2)),
});

/** Rounds each weight to the nearer end: up where V >= 0. */
export const hardened = ({ floor }: SoftWeights, variables: Float32Array): Float32Array<ArrayBuffer> =>
  floor.map((q, i) => (variables[i]! >= 0 ? q + 1 : q));

export interface SoftRounding {
  /** clip(sigmoid(V) (zeta - gamma) + gamma, 0, 1). */
  readonly h: Value;
  /** dh / dV, for a gradient of h. */
  chain(gradient: Value): Value;
}

/** Writes the rectified sigmoid h(V) of AdaRound. */
export function writeSoftRounding(g: GraphBuilder, variables: Value): SoftRounding {
  const sigmoid = g.op('Sigmoid', [variables]);
  const stretched = g.op('Add', [g.op('Mul', [sigmoid, g.scalar(width)]), g.scalar(low)]);
  const h = g.op('Clip', [stretched, g.scalar(0), g.scalar(1)]);
  const chain = (gradient: Value): Value => {
    // sigmoid' = sigmoid (1 - sigmoid); the width joins the other factor.
    const slope = g.op('Mul', [
      sigmoid,
      g.op('Sub', [g.scalar(width), g.op('Mul', [sigmoid, g.scalar(width)])]),
    ]);
    return mask(g, g.op('Mul', [gradient, slope]), g.op('Equal', [h, stretched]));
  };
  return { h, chain };
}

/**
 * Writes the derivative by h of weight * sum(1 - |2h - 1|^beta), which drives h to 0 or 1. `exponent` is (beta - 2) / 2 and
 * `factor` is -4 weight beta / 2, both scalars: -2 weight beta |u|^(beta-1) sign(u) = factor u (u^2)^exponent.
 */
export function writeRegularizerGradient(
  g: GraphBuilder,
  h: Value,
  { exponent, factor }: { exponent: Value; factor: Value },
): Value {
  const u = g.op('Sub', [g.op('Mul', [h, g.scalar(2)]), g.scalar(1)]);
  const square = g.op('Add', [g.op('Mul', [u, u]), g.scalar(1e-12)]);
  // exp(log) takes vector instructions, Pow does not.
  const power = g.op('Exp', [g.op('Mul', [g.op('Log', [square]), exponent])]);
  return g.op('Mul', [g.op('Mul', [u, factor]), power]);
}

/** The regularizer's scalars for one step. */
export const regularizerRates = (weight: number, beta: number) => ({
  exponent: (beta - 2) / 2,
  factor: -2 * weight * beta,
});
