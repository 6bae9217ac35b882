import { ModelError } from '../../errors.ts';
import { Tensor } from '../../ir/index.ts';
import { axisIn } from './axes.ts';
import { sharedLayout } from './elementwise.ts';
import { Operand } from './operand.ts';
import { squeeze } from './reshape.ts';
import { rankOf, result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** A range of each axis of the source. */
export interface Range {
  readonly begin: number;
  readonly end: number;
  readonly step: number;
}

/** Beyond every size, for ranges that go on to the end. */
const farAway = 2 ** 31 - 1;

export const everything: Range = { begin: 0, end: farAway, step: 1 };

/** Slice by one range for each axis of the source. */
export function slice(w: Writer, x: Operand, ranges: readonly Range[]): Operand {
  const rank = rankOf(x);
  const cut = ranges.flatMap((range, axis) => (isWhole(range) ? [] : [{ ...range, axis }]));
  if (cut.length === 0) return x;
  const sizes = rank === 1 && x.sizes ? slicedVector(x.sizes, ranges[0]!) : undefined;
  if (sizes?.every((size) => size !== null))
    return new Operand({ name: w.g.uniqueName('const'), constant: Tensor.of('int32', sizes as number[]) });
  const layout = sharedLayout([x], rank);
  const value = w.op('Slice', [
    valueIn(w, x, layout),
    w.int64s(cut.map(({ begin }) => begin)),
    w.int64s(cut.map(({ end }) => end)),
    w.int64s(cut.map(({ axis }) => axisIn(axis, rank, layout))),
    w.int64s(cut.map(({ step }) => step)),
  ]);
  return result(layout, value, sizes);
}

const isWhole = ({ begin, end, step }: Range): boolean => begin === 0 && end >= farAway && step === 1;

function slicedVector(
  sizes: readonly (number | null)[],
  { begin, end, step }: Range,
): (number | null)[] | undefined {
  if (step < 1) return undefined;
  return sizes.slice(begin, end).filter((_, i) => i % step === 0);
}

/** TensorFlow's StridedSlice: lists and bit masks over them. */
export interface StridedSlice {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** Throws ModelError for new axes, which are not supported, and for a step of 0. */
export function stridedSlice(w: Writer, x: Operand, spec: StridedSlice): Operand {
  const rank = rankOf(x);
  const { begin, end, strides, newAxisMask } = spec;
  if (newAxisMask || strides.length !== begin.length || end.length !== begin.length || strides.includes(0))
    throw new ModelError(
      `The strided slice of '${x.name}' must have as many begins as ends and steps, no step of 0 and no new axes`,
      { value: x.name },
    );
  const entries = expandEllipsis(spec, rank);
  if (entries.length > rank)
    throw new ModelError(
      `The strided slice of '${x.name}' must have at most ${rank} ranges, has ${entries.length}`,
      {
        value: x.name,
      },
    );
  const ranges = entries.map((i) => (i === undefined ? everything : rangeAt(spec, i)));
  const shrunk = entries.flatMap((i, axis) => (i !== undefined && bit(spec.shrinkAxisMask, i) ? [axis] : []));
  const part = slice(w, x, ranges);
  return shrunk.length ? squeeze(w, part, shrunk) : part;
}

/** The entry of the lists for each axis; undefined where the ellipsis stands for it. */
function expandEllipsis({ begin, ellipsisMask }: StridedSlice, rank: number): (number | undefined)[] {
  return begin.flatMap((_, i) => {
    if (!bit(ellipsisMask, i)) return [i];
    return Array<undefined>(Math.max(0, rank - begin.length + 1)).fill(undefined);
  });
}

const bit = (mask: number, i: number): boolean => ((mask >> i) & 1) === 1;

function rangeAt(spec: StridedSlice, i: number): Range {
  const [begin, end, step] = [spec.begin[i]!, spec.end[i]!, spec.strides[i]!];
  if (bit(spec.shrinkAxisMask, i)) return { begin, end: begin === -1 ? farAway : begin + 1, step: 1 };
  return {
    begin: bit(spec.beginMask, i) ? (step > 0 ? 0 : farAway) : begin,
    end: bit(spec.endMask, i) ? (step > 0 ? farAway : -farAway) : end,
    step,
  };
}
