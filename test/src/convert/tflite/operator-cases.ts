import { random } from '../../../../src/random.ts';
import type { ModelSpec, OperatorSpec, TensorSpec } from './write-tflite.ts';

/** One operator `op` with inputs `x0`, `x1`, ... (constants where they have data) and outputs `y0`, ... */
export interface OperatorCase {
  readonly op: string;
  readonly title?: string;
  readonly inputs: readonly Omit<TensorSpec, 'name'>[];
  readonly outputs: readonly Omit<TensorSpec, 'name'>[];
  readonly options?: OperatorSpec['options'];
  readonly version?: number;
  /** Feeds numbers over 0. */
  readonly positive?: boolean;
}

export function modelOf({ op, inputs, outputs, options, version }: OperatorCase): ModelSpec {
  const ins = inputs.map((input, i) => ({ ...input, name: `x${i}` }));
  const outs = outputs.map((output, i) => ({ ...output, name: `y${i}` }));
  const names = (tensors: readonly TensorSpec[]): string[] => tensors.map(({ name }) => name);
  return {
    tensors: [...ins, ...outs],
    operators: [
      {
        op,
        inputs: names(ins),
        outputs: names(outs),
        ...(options && { options }),
        ...(version && { version }),
      },
    ],
    inputs: names(ins.filter(({ data }) => !data)),
    outputs: names(outs),
  };
}

const fed = (...shape: number[]) => ({ shape });
const floats = (...shape: number[]) => ({ shape, data: noise(shape) });
const ints = (...values: number[]) => ({
  shape: [values.length],
  type: 'int32' as const,
  data: Int32Array.from(values),
});
const int = (value: number) => ({ shape: [], type: 'int32' as const, data: Int32Array.of(value) });
const pairs = (...values: number[]) => ({ ...ints(...values), shape: [values.length / 2, 2] });

function noise(shape: readonly number[]): Float32Array {
  const source = random(shape.reduce((a, b) => a * 7 + b, 5));
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => source.uniform() * 2 - 1);
}

const picture = fed(1, 6, 5, 4);

const unary = (ops: string, extra: Partial<OperatorCase> = {}): OperatorCase[] =>
  ops.split(' ').map((op) => ({ op, inputs: [picture], outputs: [picture], ...extra }));

const binary = (ops: string, extra: Partial<OperatorCase> = {}): OperatorCase[] =>
  ops.split(' ').flatMap((op) => [
    { op, inputs: [picture, picture], outputs: [picture], title: 'of equals', ...extra },
    {
      op,
      inputs: [
        picture,
        { ...floats(4), ...(extra.positive && { data: noise([4]).map((v) => Math.abs(v) + 0.5) }) },
      ],
      outputs: [picture],
      title: 'with a constant per channel',
      ...extra,
    },
  ]);

const bool = (...shape: number[]) => ({ shape, type: 'bool' as const });
const activation = { RELU: 1, RELU_N1_TO_1: 2, RELU6: 3 };
const window = (padding: number, extra = {}) => ({
  padding,
  strideW: 2,
  strideH: 2,
  activation: 0,
  ...extra,
});
const outputSize = (padding: number, size: number, kernel: number): number =>
  padding === 0 ? Math.ceil(size / 2) : Math.floor((size - kernel) / 2) + 1;

const windows: OperatorCase[] = [0, 1].flatMap((padding): OperatorCase[] => {
  const [h, w] = [outputSize(padding, 6, 3), outputSize(padding, 5, 2)];
  const pool = ['Pool2DOptions', { ...window(padding), filterH: 3, filterW: 2 }] as const;
  return [
    {
      op: 'CONV_2D',
      inputs: [picture, floats(3, 3, 2, 4), floats(3)],
      outputs: [fed(1, h, w, 3)],
      options: [
        'Conv2DOptions',
        window(padding, { activation: activation.RELU, dilationW: 1, dilationH: 1 }),
      ],
    },
    {
      op: 'DEPTHWISE_CONV_2D',
      inputs: [picture, floats(1, 3, 2, 8), floats(8)],
      outputs: [fed(1, h, w, 8)],
      options: [
        'DepthwiseConv2DOptions',
        window(padding, { activation: activation.RELU6, dilationW: 1, dilationH: 1 }),
      ],
    },
    { op: 'MAX_POOL_2D', inputs: [picture], outputs: [fed(1, h, w, 4)], options: pool },
    { op: 'AVERAGE_POOL_2D', inputs: [picture], outputs: [fed(1, h, w, 4)], options: pool },
    {
      op: 'TRANSPOSE_CONV',
      inputs: [ints(1, padding ? 13 : 12, padding ? 11 : 10, 3), floats(3, 3, 3, 4), picture],
      outputs: [fed(1, padding ? 13 : 12, padding ? 11 : 10, 3)],
      options: ['TransposeConvOptions', window(padding)],
    },
  ];
});

const dilated: OperatorCase = {
  op: 'CONV_2D',
  title: 'dilated',
  inputs: [picture, floats(3, 3, 3, 4), floats(3)],
  outputs: [fed(1, 6, 5, 3)],
  options: [
    'Conv2DOptions',
    { padding: 0, strideW: 1, strideH: 1, dilationW: 2, dilationH: 2, activation: activation.RELU_N1_TO_1 },
  ],
};

const shapes: OperatorCase[] = [
  {
    op: 'RESHAPE',
    inputs: [picture, ints(2, -1)],
    outputs: [fed(2, 60)],
    options: ['ReshapeOptions', { newShape: [2, -1] }],
  },
  {
    op: 'SQUEEZE',
    inputs: [fed(1, 5, 1, 4)],
    outputs: [fed(1, 5, 4)],
    options: ['SqueezeOptions', { squeezeDims: [2] }],
  },
  { op: 'EXPAND_DIMS', inputs: [fed(3, 4), int(1)], outputs: [fed(3, 1, 4)] },
  { op: 'TRANSPOSE', inputs: [picture, ints(0, 3, 1, 2)], outputs: [fed(1, 4, 6, 5)] },
  {
    op: 'SHAPE',
    inputs: [picture],
    outputs: [{ shape: [4], type: 'int32' }],
    options: ['ShapeOptions', { outputType: 2 }],
  },
  {
    op: 'CONCATENATION',
    inputs: [picture, fed(1, 6, 5, 2)],
    outputs: [fed(1, 6, 5, 6)],
    options: ['ConcatenationOptions', { axis: 3, activation: 0 }],
  },
  {
    op: 'PACK',
    inputs: [fed(3, 4), fed(3, 4)],
    outputs: [fed(3, 2, 4)],
    options: ['PackOptions', { count: 2, axis: 1 }],
  },
  {
    op: 'UNPACK',
    inputs: [fed(2, 4)],
    outputs: [fed(4), fed(4)],
    options: ['UnpackOptions', { count: 2, axis: 0 }],
  },
  {
    op: 'SPLIT',
    inputs: [int(3), picture],
    outputs: [fed(1, 6, 5, 2), fed(1, 6, 5, 2)],
    options: ['SplitOptions', { count: 2 }],
  },
  {
    op: 'SPLIT_V',
    inputs: [picture, ints(1, 5), int(1)],
    outputs: [fed(1, 1, 5, 4), fed(1, 5, 5, 4)],
    options: ['SplitVOptions', { count: 2 }],
  },
  { op: 'SLICE', inputs: [picture, ints(0, 1, 2, 0), ints(1, 3, -1, 2)], outputs: [fed(1, 3, 3, 2)] },
  {
    op: 'STRIDED_SLICE',
    inputs: [picture, ints(0, 4, 0, 1), ints(1, 0, 5, 3), ints(1, -2, 2, 1)],
    outputs: [fed(1, 2, 3, 2)],
    options: ['StridedSliceOptions', { beginMask: 1, endMask: 1 }],
  },
  { op: 'PAD', inputs: [picture, pairs(0, 0, 1, 2, 0, 1, 0, 0)], outputs: [fed(1, 9, 6, 4)] },
  {
    op: 'PADV2',
    inputs: [picture, pairs(0, 0, 1, 2, 0, 1, 0, 0), { shape: [], data: Float32Array.of(-2) }],
    outputs: [fed(1, 9, 6, 4)],
  },
  {
    op: 'MIRROR_PAD',
    inputs: [picture, pairs(0, 0, 1, 2, 0, 1, 0, 0)],
    outputs: [fed(1, 9, 6, 4)],
    options: ['MirrorPadOptions', { mode: 0 }],
  },
  {
    op: 'GATHER',
    inputs: [picture, ints(2, 0, 2)],
    outputs: [fed(1, 6, 5, 3)],
    options: ['GatherOptions', { axis: 3 }],
  },
  { op: 'TILE', inputs: [fed(2, 3), ints(2, 1)], outputs: [fed(4, 3)] },
  { op: 'BROADCAST_TO', inputs: [fed(1, 3), ints(4, 3)], outputs: [fed(4, 3)], version: 2 },
  { op: 'FILL', inputs: [ints(2, 3), fed()], outputs: [fed(2, 3)] },
  ...['DEPTH_TO_SPACE', 'SPACE_TO_DEPTH'].map((op): OperatorCase => {
    const [from, to] =
      op === 'DEPTH_TO_SPACE' ? [fed(1, 2, 3, 8), fed(1, 4, 6, 2)] : [fed(1, 4, 6, 2), fed(1, 2, 3, 8)];
    return {
      op,
      inputs: [from],
      outputs: [to],
      options: [op === 'DEPTH_TO_SPACE' ? 'DepthToSpaceOptions' : 'SpaceToDepthOptions', { blockSize: 2 }],
    };
  }),
  ...['RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'].flatMap((op) =>
    [
      [12, 10],
      [9, 7],
      [3, 4],
    ].flatMap(([h = 0, w = 0]) =>
      [
        [false, false],
        [true, false],
        [false, true],
      ].map(
        ([alignCorners, halfPixelCenters]): OperatorCase => ({
          op,
          title: `${h}x${w}${alignCorners ? ' aligned' : ''}${halfPixelCenters ? ' half' : ''}`,
          inputs: [picture, ints(h, w)],
          outputs: [fed(1, h, w, 4)],
          options: [
            op === 'RESIZE_BILINEAR' ? 'ResizeBilinearOptions' : 'ResizeNearestNeighborOptions',
            { alignCorners, halfPixelCenters },
          ],
          version: 3,
        }),
      ),
    ),
  ),
];

const reductions: OperatorCase[] = ['MEAN', 'SUM', 'REDUCE_MAX', 'REDUCE_MIN', 'REDUCE_PROD'].flatMap(
  (op): OperatorCase[] => [
    {
      op,
      inputs: [picture, ints(1, 2)],
      outputs: [fed(1, 1, 1, 4)],
      options: ['ReducerOptions', { keepDims: true }],
      title: 'kept',
    },
    {
      op,
      inputs: [picture, ints(1, 2)],
      outputs: [fed(1, 4)],
      options: ['ReducerOptions', { keepDims: false }],
    },
    {
      op,
      inputs: [picture, ints(3)],
      outputs: [fed(1, 6, 5)],
      options: ['ReducerOptions', { keepDims: false }],
      title: 'over channels',
    },
  ],
);

/** Every operator of the table, at least once, with float32 numbers. */
export const cases: readonly OperatorCase[] = [
  ...unary(
    'RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 LOGISTIC TANH ELU HARD_SWISH ABS NEG EXP SQUARE FLOOR CEIL ROUND SIN COS SIGN',
  ),
  ...unary('LOG SQRT RSQRT', { positive: true }),
  ...unary('LEAKY_RELU', { options: ['LeakyReluOptions', { alpha: 0.25 }] }),
  ...[true, false].flatMap((approximate) => unary('GELU', { options: ['GeluOptions', { approximate }] })),
  ...unary('L2_NORMALIZATION', { options: ['L2NormOptions', { activation: 0 }] }),
  ...unary('SOFTMAX', { options: ['SoftmaxOptions', { beta: 1 }] }),
  ...unary('SOFTMAX', { options: ['SoftmaxOptions', { beta: 0.5 }] }),
  ...unary('LOG_SOFTMAX'),
  ...binary('ADD', { options: ['AddOptions', { activation: activation.RELU }] }),
  ...binary('SUB', { options: ['SubOptions', { activation: 0 }] }),
  ...binary('MUL', { options: ['MulOptions', { activation: activation.RELU6 }] }),
  ...binary('DIV', { options: ['DivOptions', { activation: 0 }], positive: true }),
  ...binary('MAXIMUM MINIMUM SQUARED_DIFFERENCE'),
  ...binary('POW', { positive: true }),
  { op: 'ADD_N', inputs: [picture, picture, picture], outputs: [picture] },
  ...'GREATER GREATER_EQUAL LESS LESS_EQUAL EQUAL NOT_EQUAL'.split(' ').map(
    (op): OperatorCase => ({
      op,
      inputs: [
        { shape: [3, 4], type: 'int32' },
        { shape: [3, 4], type: 'int32' },
      ],
      outputs: [bool(3, 4)],
    }),
  ),
  { op: 'LOGICAL_AND', inputs: [bool(3, 4), bool(3, 4)], outputs: [bool(3, 4)] },
  { op: 'LOGICAL_OR', inputs: [bool(3, 4), bool(3, 4)], outputs: [bool(3, 4)] },
  { op: 'LOGICAL_NOT', inputs: [bool(3, 4)], outputs: [bool(3, 4)] },
  { op: 'SELECT', inputs: [bool(3, 4), fed(3, 4), fed(3, 4)], outputs: [fed(3, 4)] },
  { op: 'SELECT_V2', inputs: [bool(4), fed(3, 4), fed(3, 4)], outputs: [fed(3, 4)] },
  { op: 'PRELU', inputs: [picture, floats(1, 1, 4)], outputs: [picture] },
  { op: 'CAST', inputs: [{ shape: [3, 4], type: 'int32' }], outputs: [fed(3, 4)] },
  {
    op: 'ARG_MAX',
    inputs: [fed(3, 7), int(1)],
    outputs: [{ shape: [3], type: 'int32' }],
    options: ['ArgMaxOptions', { outputType: 2 }],
  },
  {
    op: 'ARG_MIN',
    inputs: [picture, int(3)],
    outputs: [{ shape: [1, 6, 5], type: 'int32' }],
    options: ['ArgMinOptions', { outputType: 2 }],
  },
  {
    op: 'FULLY_CONNECTED',
    inputs: [fed(3, 4), floats(5, 4), floats(5)],
    outputs: [fed(3, 5)],
    options: ['FullyConnectedOptions', { activation: activation.RELU }],
  },
  {
    op: 'FULLY_CONNECTED',
    title: 'of a picture',
    inputs: [picture, floats(5, 4), floats(5)],
    outputs: [fed(1, 6, 5, 5)],
    options: ['FullyConnectedOptions', { keepNumDims: true }],
  },
  {
    op: 'BATCH_MATMUL',
    inputs: [fed(2, 3, 4), fed(2, 4, 5)],
    outputs: [fed(2, 3, 5)],
    options: ['BatchMatMulOptions', {}],
  },
  {
    op: 'BATCH_MATMUL',
    inputs: [fed(2, 3, 4), fed(2, 5, 4)],
    outputs: [fed(2, 3, 5)],
    options: ['BatchMatMulOptions', { adjY: true }],
  },
  ...windows,
  dilated,
  ...shapes,
  ...reductions,
];
