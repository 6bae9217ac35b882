import { product, type Value } from '../ir/index.ts';
import { constantOf } from './constant.ts';
import type { GradContext } from './op.ts';
import { operand } from './operand.ts';
import { type SliceRange, sliceBounds } from './slice-bounds.ts';
import { staticShape } from './static-shape.ts';
import { reshape } from './sum-to.ts';

/** Cuts the border off again. Only for constant padding of sizes that are not negative. */
export function padGrad({ node, g, dy }: GradContext): Value[] {
  const shape = staticShape(node.input(0));
  const pads = operand(node, 'pads', 1);
  const mode = node.string('mode', 'constant');
  if (!Array.isArray(pads) || mode !== 'constant' || pads.some((size) => size < 0) || node.inputs[3]) {
    throw node.error(`has a gradient for constant pads of at least 0 over all axes only (mode is ${mode})`);
  }
  const starts = pads.slice(0, shape.length) as number[];
  const ends = shape.map((size, axis) => starts[axis]! + size);
  return [g.op('Slice', [dy, g.int64s(starts), g.int64s(ends), g.int64s(shape.map((_, axis) => axis))])];
}

/** Puts each element back where it was taken from, zeros elsewhere. */
export function sliceGrad({ node, g, dy }: GradContext): Value[] {
  const shape = staticShape(node.input(0));
  const taken = g.constant('int64', takenElements(node, shape), [product(staticShape(dy))]);
  const zeros = g.op('ConstantOfShape', [g.int64s([product(shape)])]);
  const flat = g.op('ScatterElements', [zeros, taken, reshape(g, dy, [product(staticShape(dy))])], {
    axis: 0,
  });
  return [reshape(g, flat, shape)];
}

/** The index in the flattened input of each element that Slice takes, in order. */
function takenElements(node: GradContext['node'], shape: readonly number[]): number[] {
  const list = (name: string, index: number): readonly number[] | undefined => {
    const value = operand(node, name, index);
    if (value === 'dynamic') throw node.error(`must have constant ${name} for its gradient`);
    return value;
  };
  const [starts, ends] = [list('starts', 1) ?? [], list('ends', 2) ?? []];
  const axes = (list('axes', 3) ?? starts.map((_, i) => i)).map((axis) =>
    axis < 0 ? axis + shape.length : axis,
  );
  const steps = constantOf(node.inputs[4])?.toNumbers() ?? starts.map(() => 1);
  return shape.reduce<number[]>(
    (prefixes, size, axis) => {
      const at = axes.indexOf(axis);
      const indices =
        at < 0
          ? Array.from({ length: size }, (_, i) => i)
          : taken(size, { start: starts[at]!, end: ends[at]!, step: steps[at]! });
      return prefixes.flatMap((prefix) => indices.map((i) => prefix * size + i));
    },
    [0],
  );
}

function taken(size: number, range: SliceRange): number[] {
  const [from, to] = sliceBounds(size, range);
  const count = Math.max(0, Math.ceil((to - from) / range.step));
  return Array.from({ length: count }, (_, i) => from + i * range.step);
}
