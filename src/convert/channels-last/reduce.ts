import { ModelError } from '../../errors.ts';
import type { TensorType } from '../../ir/index.ts';
import { axisIn, inOrder } from './axes.ts';
import type { Layout, Operand } from './operand.ts';
import { lastValue, rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** Axes as TensorFlow gives them, from 0. Throws ModelError if one is out of range. */
export function normalAxes(x: Operand, axes: readonly number[], rank = rankOf(x)): number[] {
  const wrong = axes.find((axis) => !Number.isInteger(axis) || axis < -rank || axis >= rank);
  if (wrong !== undefined)
    throw new ModelError(`An axis of '${x.name}' must be from ${-rank} to ${rank - 1}, is ${wrong}`, {
      value: x.name,
    });
  return [...new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)))].sort((a, b) => a - b);
}

/** ReduceMean, ReduceSum, ... over axes of the source; all axes if there are none. */
export function reduce(
  w: Writer,
  opType: string,
  { x, axes, keep }: { x: Operand; axes: readonly number[]; keep: boolean },
): Operand {
  const rank = rankOf(x);
  const wanted = normalAxes(x, axes.length ? axes : Array.from({ length: rank }, (_, axis) => axis));
  const layout = reduceLayout(x, wanted, keep);
  const at = wanted.map((axis) => axisIn(axis, rank, layout)).sort((a, b) => a - b);
  const value = w.op(opType, [valueIn(w, x, layout), w.int64s(at)], {
    attributes: { keepdims: keep ? 1 : 0 },
    declared: reducedType(x, wanted, { keep, layout }),
  });
  return result(keep ? layout : 'last', value);
}

/** Channels first only if what is left comes out in the source's order. */
export function reduceLayout(x: Operand, axes: readonly number[], keep: boolean): Layout {
  if (x.forms.last || !x.forms.first) return 'last';
  const rank = rankOf(x);
  const left = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
  const sorted = left.map((axis) => axisIn(axis, rank, 'first'));
  const sameOrder = sorted.every((at, i) => i === 0 || at > sorted[i - 1]!);
  return keep || sameOrder ? 'first' : 'last';
}

function reducedType(
  x: Operand,
  axes: readonly number[],
  { keep, layout }: { keep: boolean; layout: Layout },
): TensorType {
  const shape = x.shape!.flatMap((dim, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
  return { dtype: x.dtype, shape: keep ? inOrder(shape, layout) : shape };
}

/** ArgMax or ArgMin along one axis, as int32. */
export function argExtreme(
  w: Writer,
  opType: 'ArgMax' | 'ArgMin',
  { x, axis }: { x: Operand; axis: number },
): Operand {
  const [at = 0] = normalAxes(x, [axis]);
  const shape = x.shape!.filter((_, i) => i !== at);
  const value = w.op(opType, [lastValue(w, x)], {
    attributes: { axis: at, keepdims: 0 },
    declared: { dtype: 'int64', shape },
  });
  return result('last', w.op('Cast', [value], { attributes: { to: 6 } }));
}
