import type { GraphBuilder, Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { type Activation, affine } from './nchwc.ts';

/** The largest power of two in float32. */
const huge = 2 ** 127;

/**
 * 1 where the activation let its argument through, else 0, from its output y: one fused pass over memory for Relu, two
 * for Clip from 0, where comparisons take three or four. Multiplying by powers of two is exact, so that the mask is, for
 * every y of 2^-100 or more (whatever is smaller counts as 0).
 */
export function activationMask(g: GraphBuilder, y: Value, activation: Activation): Value {
  const channels = staticShape(y)[1]!;
  const vector = (value: number): Value =>
    g.constant('float32', new Float32Array(channels).fill(value), [channels]);
  if (activation.kind === 'Relu') {
    return affine(g, y, { scale: vector(huge), activation: { kind: 'Clip', low: 0, high: 1 } });
  }
  const { high } = activation;
  // (high - y) step is at least 1 for the largest float below `high`, and stays below `lid` for y = 0.
  const step = 2 ** (24 - Math.floor(Math.log2(high)));
  const lid = 2 ** 26;
  const zeroIsFarBelow = affine(g, y, {
    scale: vector(huge),
    bias: vector(-lid),
    activation: { kind: 'Clip', low: -lid, high: 0 },
  });
  return affine(g, y, {
    scale: vector(-step),
    bias: vector(high * step),
    sum: zeroIsFarBelow,
    activation: { kind: 'Clip', low: 0, high: 1 },
  });
}
