import { ModelError } from '../../errors.ts';
import { inOrder } from './axes.ts';
import { sharedLayout } from './elementwise.ts';
import type { Operand } from './operand.ts';
import { lastValue, rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

export type PadMode = 'constant' | 'reflect' | 'edge';

/** Pad by a pair for each axis of the source. */
export function pad(
  w: Writer,
  x: Operand,
  {
    pairs,
    value,
    mode = 'constant',
  }: { pairs: readonly (readonly [number, number])[]; value?: Operand; mode?: PadMode },
): Operand {
  const rank = rankOf(x);
  if (pairs.length !== rank)
    throw new ModelError(`The padding of '${x.name}' must have ${rank} pairs, has ${pairs.length}`, {
      value: x.name,
    });
  if (pairs.every(([begin, end]) => begin === 0 && end === 0)) return x;
  const layout = sharedLayout([x], rank);
  const moved = inOrder(pairs, layout);
  const pads = w.int64s([...moved.map(([begin]) => begin), ...moved.map(([, end]) => end)]);
  const inputs = [valueIn(w, x, layout), pads, ...(value ? [lastValue(w, value)] : [])];
  return result(
    layout,
    w.op('Pad', inputs, { attributes: { mode: mode === 'constant' ? undefined : mode } }),
  );
}

/** `[[begin, end], ...]` of a flat list, as TensorFlow's padding tensors hold them. */
export const pairsOf = (flat: readonly number[]): [number, number][] =>
  Array.from({ length: Math.floor(flat.length / 2) }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
