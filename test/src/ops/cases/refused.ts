import { Tensor } from '../../../../src/ir/index.ts';
import { fed, ints, type OpCase, scalar } from '../../../support/one-node.ts';

const k2 = { kernel_shape: [2, 2] };

/** Nodes that are no valid calls, and what the error says. */
export const refusedCases: (OpCase & { readonly says: RegExp })[] = [
  {
    op: 'Conv',
    inputs: [
      [1, 3, 8, 8],
      [4, 2, 3, 3],
    ],
    says: /must have 2 channels .* has 3/,
  },
  {
    op: 'Conv',
    inputs: [
      [1, 4, 8, 8],
      [4, 4, 3, 3],
    ],
    attributes: { group: 2 },
    says: /must have 8 channels/,
  },
  {
    op: 'Conv',
    inputs: [
      [1, 4, 8, 8],
      [3, 2, 3, 3],
    ],
    attributes: { group: 2 },
    says: /multiple of group 2, are 3/,
  },
  {
    op: 'Conv',
    inputs: [
      [1, 3, 8, 8],
      [4, 3, 3],
    ],
    says: /input 1 must have rank 4, has shape \[4, 3, 3\]/,
  },
  {
    op: 'Conv',
    inputs: [
      [1, 3, 2, 2],
      [4, 3, 3, 3],
    ],
    says: /window must fit/,
  },
  {
    op: 'Conv',
    inputs: [
      [1, 3, 8, 8],
      [4, 3, 3, 3],
    ],
    attributes: { strides: [1] },
    says: /strides must have 2/,
  },
  {
    op: 'Conv',
    inputs: [
      [1, 3, 8, 8],
      [4, 3, 3, 3],
    ],
    attributes: { auto_pad: 'X' },
    says: /auto_pad must be/,
  },
  {
    op: 'Conv',
    inputs: [
      [1, 3, 8, 8],
      [4, 3, 3, 3],
    ],
    attributes: { ...k2 },
    says: /kernel_shape must be/,
  },
  { op: 'Conv', inputs: [fed('int32', 1, 3, 8, 8), fed('int32', 4, 3, 3, 3)], says: /float type, is int32/ },
  {
    op: 'ConvTranspose',
    inputs: [
      [1, 3, 8, 8],
      [4, 2, 3, 3],
    ],
    says: /must have 4 channels .* has 3/,
  },
  {
    op: 'Gemm',
    inputs: [
      [2, 3],
      [4, 5],
    ],
    says: /inner sizes must be equal, are 3 .* and 4/,
  },
  { op: 'Gemm', inputs: [[2, 3], [3, 5], [4]], says: /must broadcast to \[2, 5\]/ },
  {
    op: 'Gemm',
    inputs: [
      [2, 3, 1],
      [3, 5],
    ],
    says: /input 0 must have rank 2/,
  },
  {
    op: 'MatMul',
    inputs: [
      [2, 3],
      [4, 5],
    ],
    says: /inner sizes/,
  },
  {
    op: 'MatMul',
    inputs: [
      [2, 2, 3],
      [3, 3, 5],
    ],
    says: /must broadcast/,
  },
  {
    op: 'Add',
    inputs: [
      [2, 3],
      [2, 4],
    ],
    says: /must broadcast, are \[2, 3\] and \[2, 4\]/,
  },
  { op: 'Add', inputs: [[2, 3], fed('int64', 3)], says: /input 1 must be float32 as input 0 is, is int64/ },
  { op: 'Add', inputs: [fed('bool', 3), fed('bool', 3)], says: /number type, is bool/ },
  { op: 'And', inputs: [[3], [3]], says: /bool type, is float32/ },
  { op: 'Sigmoid', inputs: [fed('int32', 3)], says: /float type, is int32/ },
  { op: 'Where', inputs: [[3], [3], [3]], says: /bool type, is float32/ },
  {
    op: 'Concat',
    inputs: [
      [2, 3],
      [3, 3],
    ],
    attributes: { axis: 1 },
    says: /equal sizes along axis 0/,
  },
  { op: 'Concat', inputs: [[2, 3], [3]], attributes: { axis: 0 }, says: /equal ranks/ },
  { op: 'Reshape', inputs: [[2, 3], ints(4, 2)], says: /as many elements/ },
  { op: 'Reshape', inputs: [[2, 3], ints(4, -1)], says: /as many elements/ },
  { op: 'Reshape', inputs: [[2, 3], ints(-1, -1)], says: /at most one -1/ },
  { op: 'Reshape', inputs: [[6], ints(2, 3, 0)], says: /copies axis 2/ },
  {
    op: 'Transpose',
    inputs: [[2, 3]],
    attributes: { perm: [0, 0] },
    says: /perm must order the axes 0 to 1/,
  },
  { op: 'Squeeze', inputs: [[2, 3], ints(0)], says: /axis 0 must have size 1/ },
  { op: 'Unsqueeze', inputs: [[2, 3], ints(5)], says: /axis must be from -3 to 2/ },
  { op: 'Unsqueeze', inputs: [[2, 3], ints(1, 1)], says: /must differ/ },
  { op: 'Pad', inputs: [[2, 3], ints(1, 1)], says: /pads must have 4 entries/ },
  { op: 'Softmax', inputs: [[2, 3]], attributes: { axis: 2 }, says: /axis must be from -2 to 1/ },
  { op: 'ReduceMean', inputs: [[2, 3], ints(2)], says: /axis must be/ },
  { op: 'MaxPool', inputs: [[1, 2, 8, 8]], attributes: { kernel_shape: [2] }, says: /must have 2 entries/ },
  { op: 'MaxPool', inputs: [[1, 2]], attributes: k2, says: /rank at least 3/ },
  { op: 'Split', inputs: [[7, 4], ints(2, 4)], outputs: 2, says: /sum to 7/ },
  { op: 'Expand', inputs: [[2, 3], ints(2, 4)], says: /must broadcast/ },
  { op: 'Tile', inputs: [[2, 3], ints(2)], says: /repeats must have 2 entries/ },
  { op: 'Gather', inputs: [[2, 3], [1]], says: /integer type, is float32/ },
  { op: 'ScatterElements', inputs: [[5, 3], fed('int64', 2, 3), [2, 2]], says: /updates must have/ },
  { op: 'BatchNormalization', inputs: [[2, 3, 4], [3], [3], [4], [3]], says: /input 3 must have 3 elements/ },
  {
    op: 'Range',
    inputs: [scalar('int64', 0), scalar('int64', 1), scalar('int64', 0)],
    says: /delta must not be 0/,
  },
  {
    op: 'QuantizeLinear',
    inputs: [[2, 3], Tensor.of('float32', [1, 2])],
    attributes: { axis: 1 },
    says: /scale must have 3 elements/,
  },
  { op: 'Erf', inputs: [fed('bool', 3)], says: /float type, is bool/ },
  { op: 'Xor', inputs: [[3], [3]], says: /bool type, is float32/ },
  { op: 'PRelu', inputs: [[2, 3], [2]], says: /must broadcast to \[2, 3\]/ },
  { op: 'InstanceNormalization', inputs: [[2, 3, 4], [3], [4]], says: /input 2 must have 3 elements/ },
  {
    op: 'GroupNormalization',
    inputs: [[2, 6, 4], [6], [6]],
    attributes: { num_groups: 4 },
    says: /multiple of num_groups 4, are 6/,
  },
  { op: 'LpNormalization', inputs: [[2, 3]], attributes: { p: 3 }, says: /p must be 1 or 2/ },
  {
    op: 'LayerNormalization',
    inputs: [[2, 3], [3]],
    attributes: { axis: 2 },
    says: /axis must be from -2 to 1/,
  },
  {
    op: 'TopK',
    inputs: [[2, 5], ints(6)],
    outputs: 2,
    says: /k must be from 0 to the size of the axis, 5, is 6/,
  },
  { op: 'GatherND', inputs: [[2, 3], fed('int64', 4, 3)], says: /must name up to 2 axes/ },
  { op: 'ScatterND', inputs: [[4, 5], fed('int64', 2, 1), [2, 4]], says: /updates must have shape \[2, 5\]/ },
  { op: 'DepthToSpace', inputs: [[1, 6, 2, 2]], attributes: { blocksize: 2 }, says: /multiple of 4, is 6/ },
  { op: 'SpaceToDepth', inputs: [[1, 1, 3, 2]], attributes: { blocksize: 2 }, says: /multiple of 2, is 3/ },
  {
    op: 'Resize',
    inputs: [[1, 1, 4, 4], undefined, Tensor.of('float32', [2, 2])],
    says: /must have 4 scales or sizes/,
  },
  { op: 'Resize', inputs: [[1, 1, 4, 4]], says: /must have scales or sizes/ },
  {
    op: 'LSTM',
    inputs: [
      [5, 2],
      [1, 16, 3],
      [1, 16, 4],
    ],
    attributes: { hidden_size: 4 },
    says: /rank 3/,
  },
  {
    op: 'GRU',
    inputs: [
      [5, 2, 3],
      [1, 12, 3],
      [1, 12, 4],
    ],
    attributes: { hidden_size: 4, direction: 'both' },
    says: /direction must be/,
  },
  { op: 'Einsum', inputs: [[2, 3]], attributes: { equation: 'ij,jk->ik' }, says: /must have 1 operands/ },
  {
    op: 'Einsum',
    inputs: [
      [2, 3],
      [4, 5],
    ],
    attributes: { equation: 'ij,jk->ik' },
    says: /label 'j' must have one size, has 3 and 4/,
  },
  { op: 'Einsum', inputs: [[2, 3]], attributes: { equation: 'ijk->k' }, says: /must fit input 0/ },
  { op: 'MatMulInteger', inputs: [fed('uint8', 2, 3), fed('uint8', 4, 5)], says: /inner sizes/ },
  {
    op: 'ConvInteger',
    inputs: [fed('uint8', 1, 3, 8, 8), fed('uint8', 4, 2, 3, 3)],
    says: /must have 2 channels/,
  },
  {
    op: 'GridSample',
    inputs: [
      [2, 3, 4, 5],
      [3, 6, 7, 2],
    ],
    says: /equal batches/,
  },
  { op: 'CenterCropPad', inputs: [[4, 5], ints(3)], says: /must have 2 sizes/ },
  { op: 'Relu', inputs: [[2]], outputs: 2, says: /at most 1 outputs, has 2/ },
];
