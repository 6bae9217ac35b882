import { Tensor } from '../../../../src/ir/index.ts';
import { fed, ints, type OpCase, scalar } from '../../../support/one-node.ts';

/** Two regions of an image, and the numbers of the images that they are in. */
const regions = Tensor.of('float32', [0, 0, 3, 3, 1, 1, 4, 4], [2, 4]);

const bools = (...values: number[]): Tensor => Tensor.of('bool', values);

export const selectionCases: OpCase[] = [
  { op: 'ArgMin', inputs: [[2, 3, 4]] },
  { op: 'ArgMin', inputs: [[2, 3, 4]], attributes: { axis: -1, keepdims: 0 } },
  { op: 'TopK', inputs: [[2, 5], ints(3)], outputs: 2 },
  { op: 'TopK', inputs: [fed('int64', 4, 5), ints(2)], attributes: { axis: 0, largest: 0 }, outputs: 2 },
  { op: 'TopK', inputs: [[2, 5]], attributes: { k: 2 }, outputs: 2, opset: 9 },
  { op: 'GatherND', inputs: [[3, 4, 5], fed('int64', 2, 2)] },
  { op: 'GatherND', inputs: [[3, 4, 5], fed('int64', 6, 2, 3)] },
  { op: 'GatherND', inputs: [[3, 4, 5], fed('int64', 3, 2, 1)], attributes: { batch_dims: 1 } },
  { op: 'ScatterND', inputs: [[4, 5], fed('int64', 2, 1), [2, 5]] },
  { op: 'ScatterND', inputs: [[4, 5], fed('int64', 3, 2), [3]], attributes: { reduction: 'add' } },
  { op: 'Scatter', inputs: [[5, 3], fed('int64', 2, 3), [2, 3]], opset: 9 },
  { op: 'NonZero', inputs: [[2, 3]], dataDependent: true },
  { op: 'Compress', inputs: [[4, 3], bools(0, 1, 1)], attributes: { axis: 0 } },
  { op: 'Compress', inputs: [[4, 3], bools(0, 1, 1)] },
  { op: 'Unique', inputs: [[4, 3]], outputs: 4, dataDependent: true },
  { op: 'Unique', inputs: [[4, 3]], attributes: { axis: 1 }, outputs: 4, dataDependent: true },
  { op: 'ReverseSequence', inputs: [[4, 3, 2], ints(4, 2, 3)] },
  { op: 'CenterCropPad', inputs: [[4, 5, 6], ints(3, 7, 6)] },
  { op: 'CenterCropPad', inputs: [[4, 5, 6], ints(3, 7)], attributes: { axes: [-1, 0] } },
  { op: 'DepthToSpace', inputs: [[2, 8, 3, 4]], attributes: { blocksize: 2 } },
  { op: 'DepthToSpace', inputs: [[2, 9, 3, 4]], attributes: { blocksize: 3, mode: 'CRD' } },
  { op: 'SpaceToDepth', inputs: [[2, 3, 4, 6]], attributes: { blocksize: 2 } },
  { op: 'Col2Im', inputs: [[2, 12, 4], ints(4, 6), ints(2, 3)], attributes: { strides: [2, 3] } },
  { op: 'GlobalMaxPool', inputs: [[2, 3, 4, 5]] },
  { op: 'GlobalLpPool', inputs: [[2, 3, 4, 5]] },
  { op: 'LpPool', inputs: [[2, 3, 6, 5]], attributes: { kernel_shape: [2, 2], strides: [2, 1] } },
  {
    op: 'GridSample',
    inputs: [
      [2, 3, 4, 5],
      [2, 6, 7, 2],
    ],
  },
  {
    op: 'GridSample',
    inputs: [
      [2, 3, 4, 5, 6],
      [2, 3, 6, 7, 3],
    ],
  },
  { op: 'AffineGrid', inputs: [[2, 2, 3], ints(2, 3, 4, 5)] },
  { op: 'AffineGrid', inputs: [[2, 3, 4], ints(2, 3, 4, 5, 6)] },
  {
    op: 'RoiAlign',
    inputs: [[1, 3, 8, 8], regions, ints(0, 0)],
    attributes: { output_height: 3, output_width: 2 },
  },
  {
    op: 'NonMaxSuppression',
    dataDependent: true,
    inputs: [[1, 6, 4], [1, 2, 6], ints(3), scalar('float32', 0.5)],
  },
  { op: 'Resize', inputs: [[1, 2, 4, 5], undefined, Tensor.of('float32', [1, 1, 2, 1.7])] },
  { op: 'Resize', inputs: [[1, 2, 4, 5], undefined, Tensor.of('float32', [1, 1, 0.6, 0.5])] },
  { op: 'Resize', inputs: [[1, 2, 4, 5], undefined, undefined, ints(1, 2, 7, 3)] },
  {
    op: 'Resize',
    inputs: [[1, 2, 4, 5], undefined, Tensor.of('float32', [2, 3])],
    attributes: { axes: [-1, -2] },
  },
  ...['not_larger', 'not_smaller', 'stretch'].map(
    (keep_aspect_ratio_policy): OpCase => ({
      op: 'Resize',
      inputs: [[1, 2, 4, 5], undefined, undefined, ints(9, 7)],
      attributes: { axes: [2, 3], keep_aspect_ratio_policy },
    }),
  ),
  {
    op: 'Resize',
    inputs: [
      [1, 2, 8, 8],
      Tensor.of('float32', [0, 0, 0.25, 0.4, 1, 1, 0.75, 0.8]),
      Tensor.of('float32', [1, 1, 1.5, 2]),
    ],
    attributes: { coordinate_transformation_mode: 'tf_crop_and_resize', mode: 'linear' },
  },
  { op: 'Resize', inputs: [[1, 2, 4, 5], Tensor.of('float32', [1, 1, 2, 2])], opset: 10 },
  { op: 'Upsample', inputs: [[1, 2, 4, 5], Tensor.of('float32', [1, 1, 2, 3])], opset: 9 },
  {
    op: 'Upsample',
    inputs: [[1, 2, 4, 5]],
    attributes: { scales: { type: 'floats', value: [1, 1, 2, 1.5] } },
    opset: 7,
  },
];
