import { type GraphBuilder, product, type Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { reshape } from '../../ops/sum-to.ts';
import type { Tape } from '../tape.ts';
import type { Blocked } from './layout.ts';
import { nchwc } from './types.ts';

/** Mean over space: [N,padded C,1,1]. */
export function globalAverage(
  g: GraphBuilder,
  { tape, x, block }: { tape: Tape; x: Blocked; block: number },
): Blocked {
  const [n = 1, c = 1, ...space] = staticShape(x.value);
  const value = tape.region(g, [x.value], () => ({
    output: g.op('GlobalAveragePool', [x.value], {}, nchwc),
    grad({ g, dy }) {
      const each = g.op('Mul', [dy, g.scalar(1 / product(space))]);
      return [spread(g, each, { shape: [n, c, ...space], block })];
    },
  }));
  return { value, channels: x.channels };
}

/** One pixel [N,padded C,1,1] at all positions of `shape`, both blocked. */
function spread(
  g: GraphBuilder,
  pixel: Value,
  { shape, block }: { shape: readonly number[]; block: number },
): Value {
  const [n = 1, c = 1, ...space] = shape;
  const blocks = reshape(g, pixel, [n, c / block, 1, block]);
  const all = g.op('Expand', [blocks, g.int64s([n, c / block, product(space), block])]);
  return reshape(g, all, shape);
}
