import type { GraphBuilder, Value } from '../ir/index.ts';
import { arithmetic } from './arithmetic.ts';

/** Derivative of Gelu: the distribution's probability of less than x, plus x times its density. */
export function geluSlope(g: GraphBuilder, x: Value): Value {
  const { add, mul, exp, square } = arithmetic(g);
  const probability = mul(0.5, add(1, g.op('Erf', [mul(x, Math.SQRT1_2)])));
  const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(probability, mul(x, density));
}

/** Derivative of x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
export function tanhGeluSlope(g: GraphBuilder, x: Value): Value {
  const { add, sub, mul, tanh, square } = arithmetic(g);
  const [root, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
  const inner = mul(mul(x, root), add(1, mul(square(x), cubic)));
  const t = tanh(inner);
  const innerSlope = mul(root, add(1, mul(square(x), 3 * cubic)));
  const curve = mul(mul(x, 0.5), mul(sub(1, square(t)), innerSlope));
  return add(mul(0.5, add(1, t)), curve);
}
