import type { Node } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import type { ChannelRule } from './channel-rule.ts';
import { operand, operandInput } from './operand.ts';
import { type SliceRange, sliceBounds } from './slice-bounds.ts';

interface AxisRange extends SliceRange {
  readonly axis: number;
}

/** The output has the labels of what is taken. Bounds move with what is left before them. */
export const sliceChannels: ChannelRule = {
  trace(t) {
    const ranges = rangesOf(t.node);
    if (!ranges) {
      t.refuse('computes its bounds at run time: fold constants first');
      return;
    }
    const output = [...t.input(0)];
    for (const range of ranges) {
      const { axis, step } = range;
      const labels = output[axis];
      if (!labels) continue;
      if (step !== 1) t.fix(labels, `takes every ${step}th index of the axis`);
      output[axis] = taken(labels, range);
      if (output[axis]!.length === 1) t.fix(output[axis], 'takes a single index of the axis');
    }
    t.output(output);
  },
  shrink({ node, keptInput, setInts }) {
    const ranges = rangesOf(node);
    if (!ranges?.some(({ axis }) => keptInput(0, axis))) return;
    const moved = ranges.map((range) => {
      const kept = keptInput(0, range.axis);
      if (!kept) return range;
      const [first, last] = sliceBounds(Number(node.input(0).shape![range.axis]), range);
      const before = (bound: number): number => kept.filter((index) => index < bound).length;
      return { ...range, start: before(first), end: before(last) };
    });
    setInts(
      'starts',
      1,
      moved.map(({ start }) => start),
    );
    setInts(
      'ends',
      2,
      moved.map(({ end }) => end),
    );
  },
};

function taken(labels: Int32Array, range: SliceRange): Int32Array {
  const [first, last] = sliceBounds(labels.length, range);
  const indices: number[] = [];
  for (let i = first; range.step > 0 ? i < last : i > last; i += range.step) indices.push(i);
  return Int32Array.from(indices, (i) => labels[i]!);
}

/** Undefined if they are not constant. */
function rangesOf(node: Node): AxisRange[] | undefined {
  const [starts, ends] = [operand(node, 'starts', 1), operand(node, 'ends', 2)];
  const [given, steps] = [operand(node, 'axes', 3), operandInput(node, 4)];
  if (!starts || !ends || [starts, ends, given, steps].includes('dynamic')) return undefined;
  const axes = normalizeAxes(
    node,
    (given as readonly number[] | undefined) ?? [...(starts as readonly number[]).keys()],
    node.input(0).shape!.length,
  );
  return axes.map((axis, i) => ({
    axis,
    start: (starts as readonly number[])[i]!,
    end: (ends as readonly number[])[i]!,
    step: (steps as readonly number[] | undefined)?.[i] ?? 1,
  }));
}
