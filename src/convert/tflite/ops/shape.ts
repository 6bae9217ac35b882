import { ModelError } from '../../../errors.ts';
import {
  concat,
  constantOf,
  depthSpace,
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
  resize,
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
import { type Call, fused, type Mapping, type OpTable } from '../call.ts';

const resizeAs =
  (mode: 'linear' | 'nearest'): Mapping =>
  (call) =>
    resize(call.w, call.input(0), {
      mode,
      sizes: integersOf(call.input(1), 'The sizes'),
      alignCorners: call.bool('alignCorners'),
      halfPixelCenters: call.bool('halfPixelCenters'),
    });

const depthSpaceAs =
  (opType: 'DepthToSpace' | 'SpaceToDepth'): Mapping =>
  (call) =>
    depthSpace(call.w, call.input(0), { opType, block: call.positive('blockSize') });

/** Shapes, joins, cuts and sizes of pictures. */
export const shapeOps: OpTable = {
  RESHAPE: (call) => {
    const [, wanted] = call.inputs;
    const declared = call.ints('newShape');
    return reshape(call.w, call.input(0), wanted ?? (declared.length ? declared : call.output().shape));
  },
  SQUEEZE: (call) => squeeze(call.w, call.input(0), call.ints('squeezeDims')),
  EXPAND_DIMS: (call) => expandDims(call.w, call.input(0), one(call.input(1), 'The axis')),
  TRANSPOSE: (call) => transpose(call.w, call.input(0), integersOf(call.input(1), 'The permutation')),
  SHAPE: (call) => shapeOf(call.w, call.input(0)),
  CONCATENATION: (call) => fused(call, concat(call.w, call.all(), call.int('axis'))),
  PACK: (call) => pack(call.w, call.all(), call.int('axis')),
  UNPACK: (call) => unpack(call.w, call.input(0), call.int('axis')),
  SPLIT: (call) => {
    const axis = one(call.input(0), 'The axis');
    return split(call.w, call.input(1), { axis, sizes: equalParts(call.input(1), axis, call.int('count')) });
  },
  SPLIT_V: (call) => {
    const sizes = integersOf(call.input(1), 'The sizes');
    return split(call.w, call.input(0), { axis: one(call.input(2), 'The axis'), sizes });
  },
  SLICE: (call) => {
    const [begins, sizes] = [integersOf(call.input(1), 'The begin'), integersOf(call.input(2), 'The size')];
    const ranges = begins.map((begin, i) => {
      const end = sizes[i] === -1 ? everything.end : begin + (sizes[i] ?? 0);
      return { begin, end, step: 1 };
    });
    return slice(call.w, call.input(0), ranges);
  },
  STRIDED_SLICE: (call) => stridedSlice(call.w, call.input(0), stridedSliceOf(call)),
  PAD: (call) => pad(call.w, call.input(0), { pairs: paddings(call) }),
  PADV2: (call) => pad(call.w, call.input(0), { pairs: paddings(call), value: call.input(2) }),
  MIRROR_PAD: (call) => {
    if (call.int('mode') !== 0) throw new ModelError('must have mode 0 (REFLECT)');
    return pad(call.w, call.input(0), { pairs: paddings(call), mode: 'reflect' });
  },
  GATHER: (call) => {
    if (call.int('batchDims') !== 0) throw new ModelError('must have no batch dimensions');
    return gather(call.w, call.input(0), { indices: call.input(1), axis: call.int('axis') });
  },
  TILE: (call) => tile(call.w, call.input(0), integersOf(call.input(1), 'The factors')),
  BROADCAST_TO: (call) => expand(call, call.input(0), call.input(1)),
  FILL: (call) => expand(call, call.input(1), call.input(0)),
  RESIZE_BILINEAR: resizeAs('linear'),
  RESIZE_NEAREST_NEIGHBOR: resizeAs('nearest'),
  DEPTH_TO_SPACE: depthSpaceAs('DepthToSpace'),
  SPACE_TO_DEPTH: depthSpaceAs('SpaceToDepth'),
};

/** The number that a constant scalar holds. */
export function one(x: Operand, what: string): number {
  const [number, ...more] = constantOf(x, what).toNumbers();
  if (number !== undefined && more.length === 0) return number;
  throw new ModelError(`${what} must be one number, '${x.name}' has ${more.length + 1}`, { value: x.name });
}

const paddings = (call: Call): [number, number][] =>
  pairsOf(constantOf(call.input(1), 'The paddings').toNumbers());

function stridedSliceOf(call: Call) {
  if (call.bool('offset')) throw new ModelError('must have ends that are indices, has offsets');
  return {
    begin: integersOf(call.input(1), 'The begin'),
    end: integersOf(call.input(2), 'The end'),
    strides: integersOf(call.input(3), 'The strides'),
    beginMask: call.int('beginMask'),
    endMask: call.int('endMask'),
    ellipsisMask: call.int('ellipsisMask'),
    newAxisMask: call.int('newAxisMask'),
    shrinkAxisMask: call.int('shrinkAxisMask'),
  };
}

function expand({ w }: Call, x: Operand, shape: Operand): Operand {
  const target = w.op('Cast', [lastValue(w, shape)], { attributes: { to: 7 } });
  return result('last', w.op('Expand', [lastValue(w, x), target]));
}
