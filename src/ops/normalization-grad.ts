import type { GraphBuilder, Value } from '../ir/index.ts';
import { arithmetic, type Term } from './arithmetic.ts';

/** A normalization over `axes`: x minus its mean if `centered`, over the root of the mean square plus epsilon. */
export interface Normalization {
  readonly x: Value;
  readonly axes: readonly number[];
  readonly epsilon: number;
  readonly centered: boolean;
  /** The mean and the inverse deviation, with the axes as size 1, if the node gives them. */
  readonly statistics?: readonly [mean: Value, inverse: Value];
}

export interface Normalized {
  /** The normalized x. */
  readonly y: Value;
  /** Gradient of x from that of y. */
  gradient(dy: Term): Value;
}

/** Writes the forward pass again and offers its gradient (Ba et al., Layer Normalization, 2016). */
export function normalize(g: GraphBuilder, normalization: Normalization): Normalized {
  const { x, axes, epsilon, centered, statistics } = normalization;
  const { add, sub, mul, div, sqrt, square, mean } = arithmetic(g);
  const deviation = centered ? sub(x, statistics?.[0] ?? mean(x, axes)) : x;
  const inverse = statistics?.[1] ?? div(1, sqrt(add(mean(square(deviation), axes), epsilon)));
  const y = mul(deviation, inverse);
  return {
    y,
    gradient(dy) {
      const along = mul(y, mean(mul(dy, y), axes));
      const rest = centered ? sub(sub(dy, mean(dy, axes)), along) : sub(dy, along);
      return mul(inverse, rest);
    },
  };
}
