import { depthSpace, integersOf, type Operand, resize } from '../../channels-last/index.ts';
import type { Call, OpTable } from '../graph-node.ts';

/** What changes the size of pictures. */
export const imageOps: OpTable = {
  ResizeBilinear: (call) => resized(call, 'linear'),
  ResizeNearestNeighbor: (call) => resized(call, 'nearest'),
  DepthToSpace: (call) =>
    depthSpace(call.w, call.input(0), {
      opType: 'DepthToSpace',
      block: call.attributes.int('block_size', 0),
    }),
};

const resized = (call: Call, mode: 'linear' | 'nearest'): Operand =>
  resize(call.w, call.input(0), {
    mode,
    sizes: integersOf(call.input(1), 'The sizes'),
    alignCorners: call.attributes.bool('align_corners'),
    halfPixelCenters: call.attributes.bool('half_pixel_centers'),
  });
