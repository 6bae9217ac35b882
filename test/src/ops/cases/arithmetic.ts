import { float, Tensor } from '../../../../src/ir/index.ts';
import { fed, type OpCase, scalar } from '../../../support/one-node.ts';

const unary = [
  ...[
    'Relu',
    'LeakyRelu',
    'Sigmoid',
    'Tanh',
    'HardSigmoid',
    'HardSwish',
    'Identity',
    'Dropout',
    'Exp',
    'Log',
    'Sqrt',
  ],
  ...['Neg', 'Abs', 'Sign', 'Reciprocal', 'Softmax', 'LogSoftmax'],
].flatMap((op): OpCase[] => [
  { op, inputs: [[2, 3, 4]] },
  { op, inputs: [[5]] },
]);

const binary = (
  op: string,
  make: (...shape: number[]) => readonly number[] | ReturnType<typeof fed>,
): OpCase[] =>
  [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3, 4], [4]],
    [[4, 1], [3]],
    [
      [2, 1, 4],
      [5, 1],
    ],
    [[], [2, 2]],
    [[1], [1, 1, 3]],
  ].map(([a, b]) => ({ op, inputs: [make(...a!), make(...b!)] }));

const plain = (...shape: number[]): readonly number[] => shape;
const bool = (...shape: number[]) => fed('bool', ...shape);

const cast = (to: number): OpCase => ({ op: 'Cast', inputs: [[2, 3]], attributes: { to } });

export const arithmeticCases: OpCase[] = [
  ...unary,
  { op: 'Dropout', inputs: [[2, 3], scalar('float32', 0.5), scalar('bool', 0)], outputs: 2 },
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Sum'].flatMap((op) => binary(op, plain)),
  ...['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal'].flatMap((op) => binary(op, plain)),
  ...['And', 'Or'].flatMap((op) => binary(op, bool)),
  ...['Add', 'Mul', 'Less'].map((op): OpCase => ({ op, inputs: [fed('int64', 2), fed('int64', 3, 1)] })),
  ...['Min', 'Max', 'Sum'].flatMap((op): OpCase[] => [
    {
      op,
      inputs: [
        [2, 1, 4],
        [3, 1],
        [1, 1, 1, 4],
      ],
    },
    { op, inputs: [[2, 3]] },
  ]),
  { op: 'Not', inputs: [bool(2, 3)] },
  { op: 'Pow', inputs: [[2, 3], scalar('int64', 2)] },
  { op: 'Where', inputs: [bool(2, 1), [1, 3], [4, 1, 1]] },
  { op: 'Where', inputs: [bool(2), fed('int64'), fed('int64', 2)] },
  { op: 'Clip', inputs: [[2, 3], scalar('float32', 0), scalar('float32', 6)] },
  { op: 'Clip', inputs: [[2, 3], undefined, scalar('float32', 6)] },
  { op: 'Clip', inputs: [[2, 3]], attributes: { min: float(0), max: float(6) }, opset: 10 },
  { op: 'Softmax', inputs: [[2, 3, 4]], attributes: { axis: 1 } },
  { op: 'Softmax', inputs: [[2, 3, 4]], attributes: { axis: 1 }, opset: 12 },
  { op: 'LogSoftmax', inputs: [[2, 3, 4]], attributes: { axis: -2 } },
  ...[1, 2, 3, 6, 7, 9, 10, 11].map(cast),
  { op: 'QuantizeLinear', inputs: [[2, 3], scalar('float32', 0.5)] },
  { op: 'QuantizeLinear', inputs: [[2, 3], scalar('float32', 0.5), scalar('int8', 0)] },
  { op: 'QuantizeLinear', inputs: [[2, 3], scalar('float32', 0.5)], attributes: { output_dtype: 3 } },
  {
    op: 'QuantizeLinear',
    inputs: [[2, 3, 4], Tensor.of('float32', [1, 2, 3]), Tensor.of('uint8', [0, 1, 2])],
    attributes: { axis: 1 },
  },
  {
    op: 'QuantizeLinear',
    inputs: [
      [4, 3],
      Tensor.of('float32', [1, 2, 3, 4, 5, 6], [2, 3]),
      Tensor.of('int8', [0, 1, 2, 3, 4, 5], [2, 3]),
    ],
    attributes: { axis: 0, block_size: 2 },
  },
  { op: 'DequantizeLinear', inputs: [fed('int8', 2, 3), scalar('float32', 0.5), scalar('int8', 0)] },
  { op: 'DequantizeLinear', inputs: [fed('int32', 2), scalar('float32', 0.5)] },
  {
    op: 'DequantizeLinear',
    inputs: [fed('uint8', 3, 2, 2), Tensor.of('float32', [1, 2, 3])],
    attributes: { axis: 0 },
  },
];
