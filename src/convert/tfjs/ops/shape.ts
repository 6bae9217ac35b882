import { ModelError } from '../../../errors.ts';
import {
  concat,
  constantOf,
  equalParts,
  everything,
  expandDims,
  gather,
  integersOf,
  lastValue,
  type Operand,
  pack,
  pad,
  pairsOf,
  reshape,
  result,
  shapeOf,
  slice,
  split,
  squeeze,
  stridedSlice,
  tile,
  transpose,
  unpack,
} from '../../channels-last/index.ts';
import type { Call, OpTable } from '../graph-node.ts';

/** Shapes, joins and cuts. */
export const shapeOps: OpTable = {
  Reshape: (call) => reshape(call.w, call.input(0), call.input(1)),
  Squeeze: (call) => {
    const axes = call.attributes.ints('squeeze_dims');
    return squeeze(call.w, call.input(0), axes.length ? axes : call.attributes.ints('axis'));
  },
  ExpandDims: (call) => expandDims(call.w, call.input(0), one(call.input(1), 'The axis')),
  Transpose: (call) => transpose(call.w, call.input(0), integersOf(call.input(1), 'The permutation')),
  Shape: (call) => shapeOf(call.w, call.input(0)),
  ConcatV2: (call) =>
    concat(call.w, call.inputs.slice(0, -1), one(call.input(call.inputs.length - 1), 'The axis')),
  Pack: (call) => pack(call.w, call.inputs, call.attributes.int('axis', 0)),
  Unpack: (call) => unpack(call.w, call.input(0), call.attributes.int('axis', 0)),
  Split: (call) => {
    const axis = one(call.input(0), 'The axis');
    const sizes = equalParts(call.input(1), axis, call.attributes.int('num_split', 1));
    return split(call.w, call.input(1), { axis, sizes });
  },
  SplitV: (call) => {
    const sizes = integersOf(call.input(1), 'The sizes');
    return split(call.w, call.input(0), { axis: one(call.input(2), 'The axis'), sizes });
  },
  Slice: (call) => {
    const [begins, sizes] = [integersOf(call.input(1), 'The begin'), integersOf(call.input(2), 'The size')];
    const ranges = begins.map((begin, i) => {
      const end = sizes[i] === -1 ? everything.end : begin + (sizes[i] ?? 0);
      return { begin, end, step: 1 };
    });
    return slice(call.w, call.input(0), ranges);
  },
  StridedSlice: (call) => stridedSlice(call.w, call.input(0), stridedSliceOf(call)),
  Pad: (call) => padded(call),
  PadV2: (call) => padded(call, call.input(2)),
  MirrorPad: (call) => {
    const mode = call.attributes.text('mode', 'REFLECT');
    if (mode !== 'REFLECT') throw new ModelError(`must have mode REFLECT, has ${mode}`);
    return pad(call.w, call.input(0), { pairs: paddings(call), mode: 'reflect' });
  },
  GatherV2: (call) =>
    gather(call.w, call.input(0), { indices: call.input(1), axis: one(call.input(2), 'The axis') }),
  Gather: (call) => gather(call.w, call.input(0), { indices: call.input(1), axis: 0 }),
  Tile: (call) => tile(call.w, call.input(0), integersOf(call.input(1), 'The factors')),
  BroadcastTo: (call) => expand(call, call.input(0), call.input(1)),
  Fill: (call) => expand(call, call.input(1), call.input(0)),
};

/** The number that a constant scalar holds. */
export function one(x: Operand, what: string): number {
  const [number, ...more] = constantOf(x, what).toNumbers();
  if (number !== undefined && more.length === 0) return number;
  throw new ModelError(`${what} must be one number, '${x.name}' has ${more.length + 1}`, { value: x.name });
}

const paddings = (call: Call): [number, number][] =>
  pairsOf(constantOf(call.input(1), 'The paddings').toNumbers());

const padded = (call: Call, value?: Operand): Operand =>
  pad(call.w, call.input(0), { pairs: paddings(call), ...(value && { value }) });

function stridedSliceOf(call: Call) {
  const { attributes } = call;
  return {
    begin: integersOf(call.input(1), 'The begin'),
    end: integersOf(call.input(2), 'The end'),
    strides: integersOf(call.input(3), 'The strides'),
    beginMask: attributes.int('begin_mask', 0),
    endMask: attributes.int('end_mask', 0),
    ellipsisMask: attributes.int('ellipsis_mask', 0),
    newAxisMask: attributes.int('new_axis_mask', 0),
    shrinkAxisMask: attributes.int('shrink_axis_mask', 0),
  };
}

function expand({ w }: Call, x: Operand, shape: Operand): Operand {
  const target = w.op('Cast', [lastValue(w, shape)], { attributes: { to: 7 } });
  return result('last', w.op('Expand', [lastValue(w, x), target]));
}
