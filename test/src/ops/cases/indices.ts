import { Tensor } from '../../../../src/ir/index.ts';
import { fed, ints, type OpCase, scalar } from '../../../support/one-node.ts';

/** ReduceSum takes axes as input from operator set 13 on, the others from 18 on. */
const reductions = (op: string, attributeOpset: number): OpCase[] => [
  { op, inputs: [[2, 3, 4]] },
  { op, inputs: [[2, 3, 4]], attributes: { keepdims: 0 } },
  { op, inputs: [[2, 3, 4], ints(1, -1)] },
  { op, inputs: [[2, 3, 4], ints(-3)], attributes: { keepdims: 0 } },
  { op, inputs: [[2, 3, 4]], attributes: { noop_with_empty_axes: 1 } },
  { op, inputs: [[2, 3, 4], Tensor.of('int64', [], [0])], attributes: { noop_with_empty_axes: 1 } },
  { op, inputs: [[2, 3, 4], Tensor.of('int64', [], [0])] },
  { op, inputs: [[2, 3, 4]], attributes: { axes: [1], keepdims: 0 }, opset: attributeOpset },
  { op, inputs: [[2, 3, 4]], attributes: { axes: [-1] }, opset: attributeOpset },
];

const onOff = Tensor.of('float32', [0, 1]);

export const indexCases: OpCase[] = [
  ...reductions('ReduceMean', 13),
  ...reductions('ReduceMax', 13),
  ...reductions('ReduceSum', 11),
  ...['Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'].flatMap((name) =>
    reductions(`Reduce${name}`, 13),
  ),
  { op: 'ArgMax', inputs: [[2, 3, 4]] },
  { op: 'ArgMax', inputs: [[2, 3, 4]], attributes: { axis: -1, keepdims: 0 } },
  { op: 'Gather', inputs: [[5, 3], fed('int64', 2)] },
  { op: 'Gather', inputs: [[5, 3, 4], fed('int32', 2, 6)], attributes: { axis: 1 } },
  { op: 'Gather', inputs: [[5, 3], scalar('int64', -1)], attributes: { axis: -1 } },
  { op: 'GatherElements', inputs: [[5, 3], fed('int64', 2, 3)], attributes: { axis: 0 } },
  { op: 'GatherElements', inputs: [[5, 3], fed('int64', 5, 2)], attributes: { axis: 1 } },
  { op: 'ScatterElements', inputs: [[5, 3], fed('int64', 2, 3), [2, 3]] },
  {
    op: 'ScatterElements',
    inputs: [[5, 3], fed('int64', 5, 1), [5, 1]],
    attributes: { axis: 1, reduction: 'add' },
  },
  { op: 'OneHot', inputs: [fed('int64', 2, 3), scalar('int64', 10), onOff] },
  { op: 'OneHot', inputs: [fed('int64', 2, 3), ints(4), onOff], attributes: { axis: 0 } },
  { op: 'OneHot', inputs: [fed('int64', 2, 3), ints(4), ints(0, 1)], attributes: { axis: -2 } },
];
