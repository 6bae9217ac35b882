import { ModelError } from '../../errors.ts';
import { Tensor } from '../../ir/index.ts';
import { axisIn } from './axes.ts';
import { sharedLayout } from './elementwise.ts';
import { Operand } from './operand.ts';
import { normalAxes } from './reduce.ts';
import { expandDims, squeeze } from './reshape.ts';
import { rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** Concat along an axis of the source. */
export function concat(w: Writer, inputs: readonly Operand[], axis: number): Operand {
  const [x] = inputs;
  if (!x) throw new ModelError('A concatenation must have inputs, has none');
  const [at = 0] = normalAxes(x, [axis]);
  const sizes = joinedSizes(inputs);
  if (sizes?.every((size) => size !== null))
    return new Operand({ name: w.g.uniqueName('const'), constant: Tensor.of('int32', sizes as number[]) });
  const rank = rankOf(x);
  const layout = sharedLayout(inputs, rank);
  const values = inputs.map((input) => valueIn(w, input, layout));
  return result(layout, w.op('Concat', values, { attributes: { axis: axisIn(at, rank, layout) } }), sizes);
}

function joinedSizes(inputs: readonly Operand[]): (number | null)[] | undefined {
  if (inputs.some((x) => !x.sizes || x.rank !== 1)) return undefined;
  return inputs.flatMap((x) => [...x.sizes!]);
}

/** Concat along a new axis. */
export function pack(w: Writer, inputs: readonly Operand[], axis: number): Operand {
  return concat(
    w,
    inputs.map((x) => expandDims(w, x, axis)),
    axis,
  );
}

/** Split along an axis of the source, into parts of these sizes. */
export function split(
  w: Writer,
  x: Operand,
  { axis, sizes }: { axis: number; sizes: readonly number[] },
): Operand[] {
  const [at = 0] = normalAxes(x, [axis]);
  const rank = rankOf(x);
  const layout = sharedLayout([x], rank);
  const inputs = [valueIn(w, x, layout), w.int64s(sizes)];
  const values = w.g.node('Split', inputs, { axis: axisIn(at, rank, layout) }, sizes.length);
  return values.map((value) => result(layout, value));
}

/** Sizes of `count` equal parts; throws ModelError if the axis is unknown or cannot be divided. */
export function equalParts(x: Operand, axis: number, count: number): number[] {
  const [at = 0] = normalAxes(x, [axis]);
  const size = x.shape![at];
  if (typeof size === 'number' && count > 0 && count <= size && size % count === 0)
    return Array<number>(count).fill(size / count);
  throw new ModelError(
    `Axis ${at} of '${x.name}' must be divisible into ${count} parts, is of size ${size}`,
    {
      value: x.name,
    },
  );
}

/** One output for each index of an axis, without that axis. */
export function unpack(w: Writer, x: Operand, axis: number): Operand[] {
  const [at = 0] = normalAxes(x, [axis]);
  const size = x.shape![at];
  const parts = split(w, x, { axis: at, sizes: equalParts(x, at, Number(size)) });
  return parts.map((part) => squeeze(w, part, [at]));
}
