import { ModelError } from '../../errors.ts';
import { Tensor } from '../../ir/index.ts';
import { axisIn, toFirst, toLast } from './axes.ts';
import { Operand } from './operand.ts';
import { reshaped } from './permute.ts';
import { normalAxes, reduceLayout } from './reduce.ts';
import { constantOf, lastValue, rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** Reshape to sizes of which one may be -1, or to those that `shape` computes. */
export function reshape(w: Writer, x: Operand, shape: readonly number[] | Operand): Operand {
  const sizes = Array.isArray(shape) ? (shape as number[]) : wantedSizes(shape as Operand);
  if (!sizes) {
    const target = w.op('Cast', [lastValue(w, shape as Operand)], { attributes: { to: 7 } });
    return result('last', w.op('Reshape', [lastValue(w, x), target]));
  }
  if (x.constant && !x.quantization) return reshapedConstant(x, sizes);
  // Where channels or all spatial sizes are 1, both layouts have their elements in the same order.
  const value = sameOrder(x) ? x.forms.first! : lastValue(w, x);
  const allowzero = sizes.includes(0) ? 1 : undefined;
  return result('last', w.op('Reshape', [value, w.int64s(sizes)], { attributes: { allowzero } }));
}

/** The sizes, with -1 for the only one that is computed; undefined if several are. */
function wantedSizes({ sizes }: Operand): number[] | undefined {
  const open = sizes?.filter((size) => size === null || size === -1).length ?? 2;
  return open <= 1 ? sizes!.map((size) => size ?? -1) : undefined;
}

function reshapedConstant(x: Operand, sizes: readonly number[]): Operand {
  const tensor = constantOf(x, 'A reshaped constant');
  const given = sizes.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
  const shape = sizes.map((size) => (size === -1 ? tensor.size / given : size));
  if (shape.some((size) => !Number.isInteger(size) || size < 0))
    throw new ModelError(`'${x.name}' of ${tensor.size} elements cannot have shape [${sizes.join(', ')}]`, {
      value: x.name,
    });
  return new Operand({ name: x.name, constant: reshaped(tensor, shape) });
}

function sameOrder({ forms, shape }: Operand): boolean {
  if (forms.last || !forms.first || !shape) return false;
  return shape.at(-1) === 1 || shape.slice(1, -1).every((dim) => dim === 1);
}

/** Transpose by a permutation of the source's axes; none is written if that is the other layout. */
export function transpose(w: Writer, x: Operand, perm: readonly number[]): Operand {
  const rank = rankOf(x);
  if (perm.length !== rank || new Set(normalAxes(x, perm)).size !== rank)
    throw new ModelError(
      `The permutation of '${x.name}' must have each of its ${rank} axes once, is [${perm}]`,
      {
        value: x.name,
      },
    );
  const { first, last } = x.forms;
  if (last || !first) return result('last', w.op('Transpose', [lastValue(w, x)], { attributes: { perm } }));
  const back = toLast(rank);
  const direct = perm.map((axis) => toFirst(rank).indexOf(axis < 0 ? axis + rank : axis));
  if (direct.every((axis, i) => axis === i)) return result('last', first);
  if (back.every((axis, i) => axis === direct[i])) return result('last', lastValue(w, x));
  return result('last', w.op('Transpose', [first], { attributes: { perm: direct } }));
}

/** Takes axes of size 1 out: the given ones, or all that are known to be 1. */
export function squeeze(w: Writer, x: Operand, axes: readonly number[]): Operand {
  const rank = rankOf(x);
  const ones = x.shape!.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  const wanted = axes.length ? normalAxes(x, axes) : ones;
  if (x.sizes && !x.constant && wanted.length === 1) return result('last', squeezed(w, x, wanted), x.sizes);
  if (x.constant && !x.quantization) {
    const shape = x.constant.shape.filter((_, axis) => !wanted.includes(axis));
    return reshapedConstant(x, shape);
  }
  const layout = reduceLayout(x, wanted, false);
  const at = wanted.map((axis) => axisIn(axis, rank, layout)).sort((a, b) => a - b);
  return result('last', w.op('Squeeze', [valueIn(w, x, layout), w.int64s(at)]));
}

const squeezed = (w: Writer, x: Operand, axes: readonly number[]) =>
  w.op('Squeeze', [lastValue(w, x), w.int64s(axes)]);

/** Puts one axis of size 1 in; `axis` counts in the result. */
export function expandDims(w: Writer, x: Operand, axis: number): Operand {
  const rank = rankOf(x) + 1;
  const [at = 0] = normalAxes(x, [axis], rank);
  if (x.constant && !x.quantization) {
    const shape = [...x.constant.shape];
    shape.splice(at, 0, 1);
    return new Operand({ name: x.name, constant: reshaped(x.constant, shape) });
  }
  return result('last', w.op('Unsqueeze', [lastValue(w, x), w.int64s([at])]), x.sizes);
}

/** The sizes of x in the source's order, as int32. */
export function shapeOf(w: Writer, x: Operand): Operand {
  const { shape, forms } = x;
  if (shape?.every((dim) => typeof dim === 'number'))
    return new Operand({ name: `${x.name}_shape`, constant: Tensor.of('int32', shape as number[]) });
  const sizes = shape?.map((dim) => (typeof dim === 'number' ? dim : null));
  const raw = w.op('Shape', [forms.last ?? forms.first!]);
  const ordered = forms.last ? raw : w.op('Gather', [raw, w.int64s(toLast(rankOf(x)))]);
  return result('last', w.op('Cast', [ordered], { attributes: { to: 6 } }), sizes);
}
