import type { Tape } from '../../../autodiff/index.ts';
import { dtypeCode, type GraphBuilder, type Value } from '../../../ir/index.ts';
import { staticShape } from '../../../ops/static-shape.ts';
import { mask } from '../../../ops/sum-to.ts';
import type { ActivationEncoding } from '../../encodings.ts';

/**
 * Writes the round trip of `x` through the integers of an activation with a scale [] that is a value of the graph. Its
 * gradient passes to x where the integers reach, and to the scale as in LSQ: (integer - x / scale) there, the last integer
 * beyond (Esser et al. 2019, arXiv 1902.08153).
 */
export function writeFakeQuantize(
  g: GraphBuilder,
  tape: Tape,
  { x, scale, encoding }: { x: Value; scale: Value; encoding: ActivationEncoding },
): Value {
  const { integers, zeroPoint } = encoding;
  const [low, high] = [integers.min - zeroPoint, integers.max - zeroPoint].map((q) => g.scalar(q));
  return tape.region(g, [x, scale], () => {
    const units = g.op('Div', [x, scale]);
    const rounded = g.op('Round', [units]);
    const integer = g.op('Clip', [rounded, low, high]);
    return {
      output: g.op('Mul', [integer, scale]),
      grad: ({ dy, needs }) => {
        const passed = mask(g, dy, g.op('Equal', [rounded, integer]));
        return [
          needs(0) ? passed : undefined,
          needs(1) ? byScale(g, { dy, passed, integer, units }) : undefined,
        ];
      },
    };
  });
}

function byScale(
  g: GraphBuilder,
  { dy, passed, integer, units }: { dy: Value; passed: Value; integer: Value; units: Value },
): Value {
  const change = g.op('Sub', [g.op('Mul', [dy, integer]), g.op('Mul', [passed, units])]);
  const axes = g.int64s(staticShape(change).map((_, axis) => axis));
  return g.op('ReduceSum', [change, axes], { keepdims: 0 });
}

/**
 * Where `noise`, uniform in 0..1, is not above `share`, the number without rounding noise in place of the rounded one: QDrop (Wei et al. 2022,
 * arXiv 2203.05740).
 */
export function writeDrop(
  g: GraphBuilder,
  { exact, rounded, share, noise }: { exact: Value; rounded: Value; share: number; noise: Value },
): Value {
  const kept = g.op('Cast', [g.op('Greater', [noise, g.scalar(share)])], { to: dtypeCode('float32') });
  return g.op('Add', [exact, g.op('Mul', [g.op('Sub', [rounded, exact]), kept])]);
}
