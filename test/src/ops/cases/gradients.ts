import { type AttributeInput, float, type GraphBuilder, type Value } from '../../../../src/ir/index.ts';
import { awayFrom, distinct, type GradientCase } from '../../../support/finite-differences.ts';

type Data = (size: number) => Float32Array;

const op =
  (type: string, attributes: Record<string, AttributeInput> = {}) =>
  (g: GraphBuilder, inputs: Value[]): Value =>
    g.op(type, inputs, attributes);

const positive: Data = (size) => awayFrom([0])(size).map((v) => Math.abs(v) + 0.5);
const scaledBy =
  (factor: number): Data =>
  (size) =>
    awayFrom([0])(size).map((v) => v * factor);
/** Values from a to b. */
const between =
  (a: number, b: number): Data =>
  (size) =>
    awayFrom([])(size).map((v) => a + ((v + 1) / 2) * (b - a));

/** A function of one element, on 4 x 30 of them. */
const unary = (type: string, data?: Data, attributes = {}): GradientCase => ({
  name: Object.keys(attributes).length ? `${type} with attributes` : type,
  shapes: [[4, 30]],
  build: op(type, attributes),
  ...(data && { data: { 0: data } }),
});

const unaryCases: GradientCase[] = [
  unary('Abs', awayFrom([0])),
  unary('Acos', scaledBy(0.8)),
  unary('Acosh', between(1.5, 3)),
  unary('Asin', scaledBy(0.8)),
  unary('Asinh'),
  unary('Atan'),
  unary('Atanh', scaledBy(0.8)),
  unary('Celu', awayFrom([0])),
  unary('Celu', awayFrom([0]), { alpha: float(0.5) }),
  unary('Cos'),
  unary('Cosh'),
  unary('Elu', awayFrom([0])),
  unary('Elu', awayFrom([0]), { alpha: float(0.5) }),
  unary('Erf'),
  unary('Gelu', awayFrom([], 3)),
  unary('Gelu', awayFrom([], 3), { approximate: 'tanh' }),
  unary('Mish', awayFrom([], 3)),
  unary('Selu', awayFrom([0])),
  unary('Shrink', awayFrom([-0.5, 0.5])),
  unary('Shrink', awayFrom([-0.3, 0.3]), { lambd: float(0.3), bias: float(0.1) }),
  unary('Sin'),
  unary('Sinh'),
  unary('Softplus'),
  unary('Softsign', awayFrom([0])),
  unary('Tan'),
  { ...unary('Swish'), opset: 24 },
  { ...unary('Swish', undefined, { alpha: float(2) }), opset: 24 },
  unary('ThresholdedRelu', awayFrom([1], 3)),
  unary('ThresholdedRelu', awayFrom([0.5]), { alpha: float(0.5) }),
  { name: 'CastLike', shapes: [[3, 4], [1]], build: op('CastLike'), skip: [1] },
];

const pair = [
  [2, 3, 4],
  [3, 1],
];
const several = [[2, 3, 4], [3, 1], [4]];

const broadcastCases: GradientCase[] = [
  { name: 'Pow', shapes: pair, build: op('Pow'), data: { 0: positive } },
  { name: 'Pow 2', shapes: [[3, 4]], build: (g, [x]) => g.op('Pow', [x, g.scalar(2)]) },
  {
    name: 'Pow of an integer',
    shapes: [[3, 4]],
    build: (g, [x]) => g.op('Pow', [x, g.constant('int64', [3], [])]),
  },
  ...['Max', 'Min'].flatMap((type): GradientCase[] => [
    {
      name: type,
      shapes: [[3, 8], [1]],
      build: op(type),
      data: { 0: awayFrom([0.1]), 1: () => Float32Array.of(0.1) },
    },
    {
      name: `${type} of three`,
      shapes: [
        [4, 6],
        [4, 6],
        [4, 6],
      ],
      build: op(type),
      data: { 0: distinct },
    },
    { name: `${type} of one`, shapes: [[4, 6]], build: op(type) },
  ]),
  { name: 'Sum', shapes: several, build: op('Sum') },
  { name: 'Mean', shapes: several, build: op('Mean') },
  {
    name: 'Mod',
    shapes: [[3, 5], [5]],
    build: op('Mod', { fmod: 1 }),
    data: { 0: between(2.1, 2.4), 1: between(1.5, 1.9) },
  },
  {
    name: 'PRelu',
    shapes: [
      [2, 3, 10],
      [3, 1],
    ],
    build: op('PRelu'),
    data: { 0: awayFrom([0]) },
  },
  {
    name: 'Where',
    shapes: [
      [2, 3, 4],
      [3, 1],
      [1, 4],
    ],
    build: (g, [c, x, y]) => g.op('Where', [g.op('Greater', [c, g.scalar(0)]), x, y]),
    data: { 0: awayFrom([0]) },
    skip: [0],
  },
];

const reduce = (type: string, data?: Data): GradientCase[] => {
  const given = data && { data: { 0: data } };
  const axes =
    (list: number[], keepdims: number) =>
    (g: GraphBuilder, [x]: Value[]) =>
      g.op(type, [x, g.int64s(list)], { keepdims });
  return [
    { name: `${type} of two axes`, shapes: [[2, 3, 4]], build: axes([0, -1], 0), ...given },
    { name: `${type} of one axis`, shapes: [[2, 3, 4]], build: axes([1], 1), ...given },
    { name: `${type} of all`, shapes: [[2, 3]], build: op(type, { keepdims: 0 }), ...given },
  ];
};

const reduceCases: GradientCase[] = [
  ...reduce('ReduceMax', distinct),
  ...reduce('ReduceMin', distinct),
  ...reduce('ReduceL1', awayFrom([0])),
  ...reduce('ReduceL2'),
  ...reduce('ReduceSumSquare'),
  ...reduce('ReduceLogSum', positive),
  ...reduce('ReduceLogSumExp'),
  ...reduce('ReduceProd'),
  {
    name: 'ReduceProd with a zero',
    shapes: [[2, 3]],
    build: (g, [x]) => g.op('ReduceProd', [x, g.int64s([1])]),
    data: { 0: () => Float32Array.of(1, 0, 2, 0, 0, 3) },
  },
];

const normalizationCases: GradientCase[] = [
  { name: 'LayerNormalization', shapes: [[2, 3, 8], [8], [8]], build: op('LayerNormalization') },
  {
    name: 'LayerNormalization without bias',
    shapes: [[3, 8], [8]],
    build: op('LayerNormalization', { epsilon: float(0.1) }),
  },
  {
    name: 'LayerNormalization over two axes',
    shapes: [
      [2, 3, 4, 5],
      [4, 5],
      [4, 5],
    ],
    build: op('LayerNormalization', { axis: 2 }),
  },
  {
    name: 'LayerNormalization that keeps its statistics',
    shapes: [[2, 3, 8], [8], [8]],
    build: (g, inputs) => g.node('LayerNormalization', inputs, {}, 3)[0]!,
  },
  { name: 'RMSNormalization', shapes: [[2, 3, 8], [8]], build: op('RMSNormalization'), opset: 23 },
  {
    name: 'SimplifiedLayerNormalization',
    shapes: [[2, 3, 8], [8]],
    build: op('SimplifiedLayerNormalization'),
  },
  { name: 'InstanceNormalization', shapes: [[2, 3, 4, 5], [3], [3]], build: op('InstanceNormalization') },
  {
    name: 'GroupNormalization',
    shapes: [[2, 6, 4, 3], [6], [6]],
    build: op('GroupNormalization', { num_groups: 3 }),
  },
  { name: 'LpNormalization', shapes: [[2, 5, 3]], build: op('LpNormalization', { axis: 1 }) },
  {
    name: 'LpNormalization L1',
    shapes: [[3, 6]],
    build: op('LpNormalization', { p: 1 }),
    data: { 0: awayFrom([0]) },
  },
  { name: 'MeanVarianceNormalization', shapes: [[3, 2, 4, 5]], build: op('MeanVarianceNormalization') },
  {
    name: 'LRN',
    shapes: [[2, 7, 3, 4]],
    build: op('LRN', { size: 3, alpha: float(0.5), beta: float(0.6), bias: float(1.5) }),
  },
];

const int64 = (g: GraphBuilder, values: number[], shape: number[]): Value =>
  g.constant('int64', values, shape);

const indexCases: GradientCase[] = [
  {
    name: 'Gather',
    shapes: [[5, 3]],
    build: (g, [x]) => g.op('Gather', [x, int64(g, [1, 3, 1, -1], [2, 2])]),
  },
  {
    name: 'Gather along axis 1',
    shapes: [[2, 5, 3]],
    build: (g, [x]) => g.op('Gather', [x, g.constant('int32', [4, 0, 4], [3])], { axis: 1 }),
  },
  {
    name: 'Gather of a scalar',
    shapes: [[2, 5]],
    build: (g, [x]) => g.op('Gather', [x, int64(g, [2], [])], { axis: -1 }),
  },
  {
    name: 'GatherElements',
    shapes: [[3, 4]],
    build: (g, [x]) => g.op('GatherElements', [x, int64(g, [0, 0, 3, 1, 2, 2], [3, 2])], { axis: 1 }),
  },
  {
    name: 'GatherND',
    shapes: [[3, 4, 2]],
    build: (g, [x]) => g.op('GatherND', [x, int64(g, [0, 1, 2, 3, 0, 1], [3, 2])]),
  },
  {
    name: 'ScatterElements',
    shapes: [
      [3, 4],
      [3, 2],
    ],
    build: (g, [x, u]) => g.op('ScatterElements', [x, int64(g, [0, 1, 3, 1, 2, 0], [3, 2]), u], { axis: 1 }),
  },
  {
    name: 'ScatterElements that adds',
    shapes: [
      [3, 4],
      [3, 2],
    ],
    build: (g, [x, u]) =>
      g.op('ScatterElements', [x, int64(g, [0, 0, 3, 1, 2, 2], [3, 2]), u], { axis: 1, reduction: 'add' }),
  },
  {
    name: 'ScatterND',
    shapes: [
      [4, 3],
      [2, 3],
    ],
    build: (g, [x, u]) => g.op('ScatterND', [x, int64(g, [3, 1], [2, 1]), u]),
  },
  {
    name: 'ScatterND that adds',
    shapes: [
      [4, 3],
      [2, 3],
    ],
    build: (g, [x, u]) => g.op('ScatterND', [x, int64(g, [3, 3], [2, 1]), u], { reduction: 'add' }),
  },
  {
    name: 'TopK',
    shapes: [[3, 6]],
    build: (g, [x]) => g.node('TopK', [x, g.int64s([2])], {}, 2)[0]!,
    data: { 0: distinct },
  },
  {
    name: 'TopK of the smallest',
    shapes: [[4, 5]],
    build: (g, [x]) => g.node('TopK', [x, g.int64s([3])], { axis: 0, largest: 0 }, 2)[0]!,
    data: { 0: distinct },
  },
];

const shapeCases: GradientCase[] = [
  { name: 'Expand', shapes: [[3, 1]], build: (g, [x]) => g.op('Expand', [x, g.int64s([2, 1, 4])]) },
  { name: 'Tile', shapes: [[2, 3]], build: (g, [x]) => g.op('Tile', [x, g.int64s([3, 2])]) },
  {
    name: 'Split',
    shapes: [[2, 6]],
    build(g, [x]) {
      const [a, b] = g.node('Split', [x, g.int64s([2, 4])], { axis: 1 }, 2);
      return g.op('Concat', [g.op('Tanh', [b!]), a!], { axis: 1 });
    },
  },
  {
    name: 'Split of which one part is used',
    shapes: [[2, 6]],
    build: (g, [x]) => g.node('Split', [x], { axis: 1, num_outputs: 3 }, 3)[1]!,
  },
  { name: 'CumSum', shapes: [[3, 4]], build: (g, [x]) => g.op('CumSum', [x, g.constant('int64', [1], [])]) },
  {
    name: 'CumSum reversed and exclusive',
    shapes: [[3, 4]],
    build: (g, [x]) => g.op('CumSum', [x, g.constant('int64', [0], [])], { reverse: 1, exclusive: 1 }),
  },
  {
    name: 'CenterCropPad',
    shapes: [[2, 7, 4, 6]],
    build: (g, [x]) => g.op('CenterCropPad', [x, g.int64s([4, 7, 6])], { axes: [1, 2, 3] }),
  },
  {
    name: 'CenterCropPad of all',
    shapes: [[5, 4]],
    build: (g, [x]) => g.op('CenterCropPad', [x, g.int64s([8, 3])]),
  },
  { name: 'Trilu', shapes: [[2, 4, 4]], build: op('Trilu') },
  {
    name: 'Trilu lower',
    shapes: [[3, 4]],
    build: (g, [x]) => g.op('Trilu', [x, g.constant('int64', [-1], [])], { upper: 0 }),
  },
  {
    name: 'ReverseSequence',
    shapes: [[4, 3, 2]],
    build: (g, [x]) => g.op('ReverseSequence', [x, g.int64s([4, 2, 3])]),
  },
  { name: 'DepthToSpace', shapes: [[2, 8, 2, 3]], build: op('DepthToSpace', { blocksize: 2 }) },
  {
    name: 'DepthToSpace CRD',
    shapes: [[2, 8, 2, 3]],
    build: op('DepthToSpace', { blocksize: 2, mode: 'CRD' }),
  },
  { name: 'SpaceToDepth', shapes: [[2, 3, 4, 6]], build: op('SpaceToDepth', { blocksize: 2 }) },
  { name: 'GlobalMaxPool', shapes: [[2, 3, 4, 5]], build: op('GlobalMaxPool'), data: { 0: distinct } },
  { name: 'GlobalLpPool', shapes: [[2, 3, 4, 5]], build: op('GlobalLpPool') },
  {
    name: 'GlobalLpPool of p 1',
    shapes: [[2, 3, 4, 5]],
    build: op('GlobalLpPool', { p: 1 }),
    data: { 0: awayFrom([0]) },
  },
  { name: 'GlobalLpPool of p 3', shapes: [[2, 3, 4, 5]], build: op('GlobalLpPool', { p: 3 }) },
  {
    name: 'MaxUnpool',
    shapes: [[1, 2, 2, 2]],
    build: (g, [x]) =>
      g.op('MaxUnpool', [x, int64(g, [0, 3, 9, 14, 17, 18, 25, 31], [1, 2, 2, 2])], {
        kernel_shape: [2, 2],
        strides: [2, 2],
      }),
  },
];

const resize = (name: string, sizes: number[], attributes: Record<string, AttributeInput>): GradientCase => ({
  name: `Resize ${name}`,
  shapes: [[2, 3, 4, 5]],
  build: (g, [x]) => g.op('Resize', [x, undefined, undefined, g.int64s(sizes)], attributes),
});

const up = [2, 3, 9, 8];
const down = [2, 3, 2, 3];

const resizeCases: GradientCase[] = [
  ...['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners', 'half_pixel_symmetric'].flatMap(
    (coordinate_transformation_mode) =>
      ['nearest', 'linear', 'cubic'].flatMap((mode) => [
        resize(`up, ${mode}, ${coordinate_transformation_mode}`, up, {
          mode,
          coordinate_transformation_mode,
        }),
        resize(`down, ${mode}, ${coordinate_transformation_mode}`, down, {
          mode,
          coordinate_transformation_mode,
        }),
      ]),
  ),
  ...['round_prefer_ceil', 'floor', 'ceil'].map((nearest_mode) =>
    resize(`nearest by ${nearest_mode}`, up, { nearest_mode }),
  ),
  resize('to one pixel', [2, 3, 1, 1], {
    mode: 'linear',
    coordinate_transformation_mode: 'pytorch_half_pixel',
  }),
  resize('of cubic coefficient -0.5', up, { mode: 'cubic', cubic_coeff_a: float(-0.5) }),
  {
    name: 'Resize by scales',
    shapes: [[1, 2, 4, 5]],
    build: (g, [x]) =>
      g.op('Resize', [x, undefined, g.constant('float32', [1, 1, 2, 1.7])], { mode: 'linear' }),
  },
  {
    name: 'Resize of two axes',
    shapes: [[1, 2, 4, 5]],
    build: (g, [x]) => g.op('Resize', [x, undefined, g.constant('float32', [2, 3])], { axes: [2, 3] }),
  },
];

const einsum = (equation: string, ...shapes: number[][]): GradientCase => ({
  name: `Einsum ${equation}`,
  shapes,
  build: op('Einsum', { equation }),
});

const einsumCases: GradientCase[] = [
  einsum('ij,jk->ik', [3, 4], [4, 5]),
  einsum('bhqd,bhkd->bhqk', [2, 2, 3, 4], [2, 2, 5, 4]),
  einsum('ij,k->j', [3, 4], [2]),
  einsum('ij->ji', [3, 4]),
  einsum('i,j,k', [2], [3], [4]),
];

const microsoft = (
  type: string,
  shapes: number[][],
  attributes: Record<string, AttributeInput> = {},
): GradientCase => ({
  name: `com.microsoft.${type} of ${shapes.length}`,
  shapes,
  build: (g, inputs) => g.op(type, inputs, attributes, 'com.microsoft'),
});

const fusedCases: GradientCase[] = [
  microsoft('Gelu', [[4, 10]]),
  microsoft('FastGelu', [[4, 10]]),
  microsoft('FastGelu', [[4, 10], [10]]),
  microsoft('BiasGelu', [[4, 10], [10]]),
  microsoft('QuickGelu', [[4, 10]]),
  microsoft('QuickGelu', [[4, 10]], { alpha: float(1) }),
  ...[0, 1].flatMap((transA) =>
    [0, 1].map((transB) =>
      microsoft(
        'FusedMatMul',
        [
          [2, ...(transA ? [4, 3] : [3, 4])],
          [1, ...(transB ? [5, 4] : [4, 5])],
        ],
        { transA, transB, alpha: float(0.5) },
      ),
    ),
  ),
];

const classes: Partial<GradientCase> & Pick<GradientCase, 'shapes'> = { shapes: [[4, 3, 2]] };
const targets = [0, 2, 1, 1, 2, 0, 1, 2];

const lossCases: GradientCase[] = ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'].flatMap((type) =>
  ['mean', 'sum', 'none'].flatMap((reduction) => [
    {
      ...classes,
      name: `${type} ${reduction}`,
      build: (g, [x]) => g.op(type, [x, g.constant('int64', targets, [4, 2])], { reduction }),
    },
    {
      ...classes,
      name: `${type} ${reduction}, weighted, one class ignored`,
      build(g, [x]) {
        const weights = g.constant('float32', [0.5, 1, 2]);
        const inputs = [x, g.constant('int32', targets, [4, 2]), weights];
        return g.op(type, inputs, { reduction, ignore_index: 1 });
      },
    },
  ]),
);

const gatesOf = { LSTM: 4, GRU: 3, RNN: 1 };

/** Five steps of two sequences of three features, four hidden; all outputs in one row. */
function recurrent(
  type: keyof typeof gatesOf,
  name: string,
  { attributes = {}, inputs = 6 }: { attributes?: Record<string, AttributeInput>; inputs?: number } = {},
): GradientCase {
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const rows = gatesOf[type] * 4;
  const state = [directions, 2, 4];
  const shapes = [
    [5, 2, 3],
    [directions, rows, 3],
    [directions, rows, 4],
    [directions, 2 * rows],
    state,
    state,
  ];
  return {
    name: `${type} ${name}`,
    shapes: shapes.slice(0, type === 'LSTM' ? inputs : Math.min(inputs, 5)),
    build(g, [x, w, r, b, h, c]) {
      const list = [x, w, r, b, ...(h ? [undefined, h] : []), ...(c ? [c] : [])];
      const outputs = g.node(type, list, { hidden_size: 4, ...attributes }, type === 'LSTM' ? 3 : 2);
      return g.op(
        'Concat',
        outputs.map((y) => g.op('Reshape', [y, g.int64s([-1])])),
        { axis: 0 },
      );
    },
  };
}

const recurrentCases: GradientCase[] = [
  ...(['LSTM', 'GRU', 'RNN'] as const).flatMap((type) => [
    recurrent(type, 'with states'),
    recurrent(type, 'without states', { inputs: 4 }),
    recurrent(type, 'without bias', { inputs: 3 }),
    recurrent(type, 'reverse', { attributes: { direction: 'reverse' } }),
    recurrent(type, 'bidirectional', { attributes: { direction: 'bidirectional' } }),
  ]),
  recurrent('GRU', 'linear before reset', { attributes: { linear_before_reset: 1 } }),
  recurrent('RNN', 'of sigmoids', { attributes: { activations: ['Sigmoid'] } }),
  {
    name: 'LSTM of which the last state is used',
    shapes: [
      [3, 1, 2],
      [1, 12, 2],
      [1, 12, 3],
    ],
    build: (g, inputs) => g.node('LSTM', inputs, { hidden_size: 3 }, 2)[1]!,
  },
];

/** Gradients of all operators but those whose windows slide, which gradients.test.ts has. */
export const gradientCases: GradientCase[] = [
  ...unaryCases,
  ...broadcastCases,
  ...reduceCases,
  ...normalizationCases,
  ...indexCases,
  ...shapeCases,
  ...resizeCases,
  ...einsumCases,
  ...fusedCases,
  ...recurrentCases,
  ...lossCases,
];
