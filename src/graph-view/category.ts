/** What an operator is for, which its colour shows. */
export type Category =
  | 'layer'
  | 'activation'
  | 'pool'
  | 'normalization'
  | 'shape'
  | 'tensor'
  | 'reduction'
  | 'quantization'
  | 'control'
  | 'constant'
  | 'arithmetic'
  | 'other';

/** Header colours: white text on each has a contrast of at least 4.5 (WCAG 2.1, 1.4.3). */
export const categoryColors: Readonly<Record<Category, string>> = {
  layer: '#2f5b95',
  activation: '#8f2f26',
  pool: '#2f6b3f',
  normalization: '#22676b',
  shape: '#7a5548',
  tensor: '#6a4a63',
  reduction: '#5c6324',
  quantization: '#8a5200',
  control: '#5a4fa0',
  constant: '#6b6b6b',
  arithmetic: '#3f464d',
  other: '#4a4a4a',
};

const members: Readonly<Partial<Record<Category, string>>> = {
  layer:
    'Conv ConvTranspose ConvInteger DeformConv Gemm MatMul MatMulInteger RNN LSTM GRU Einsum QLinearConv QLinearMatMul Attention ' +
    'FusedConv FusedMatMul FusedGemm QGemm MultiHeadAttention EmbedLayerNormalization MatMulNBits',
  activation:
    'Relu LeakyRelu PRelu ThresholdedRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softmax LogSoftmax Hardmax Softplus ' +
    'Softsign Gelu Mish Clip Swish QuickGelu BiasGelu FastGelu QLinearSigmoid QLinearLeakyRelu Dropout',
  pool:
    'MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool GlobalLpPool MaxRoiPool RoiAlign MaxUnpool ' +
    'QLinearAveragePool QLinearGlobalAveragePool',
  normalization:
    'BatchNormalization InstanceNormalization LayerNormalization GroupNormalization LpNormalization RMSNormalization LRN ' +
    'MeanVarianceNormalization SkipLayerNormalization SimplifiedLayerNormalization',
  shape:
    'Reshape Flatten Squeeze Unsqueeze Transpose Shape Size Expand Identity Cast CastLike ReorderInput ReorderOutput',
  tensor:
    'Concat Split Slice Gather GatherElements GatherND ScatterElements ScatterND Pad Tile Resize Upsample DepthToSpace ' +
    'SpaceToDepth Where OneHot TopK NonZero Compress Unique Trilu ReverseSequence GridSample NonMaxSuppression QLinearConcat',
  reduction:
    'ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare ' +
    'ArgMax ArgMin CumSum Sum Mean Max Min',
  quantization: 'QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
  control: 'If Loop Scan SequenceMap',
  constant: 'Constant ConstantOfShape Range EyeLike RandomNormal RandomUniform',
  arithmetic:
    'Add Sub Mul Div Pow Sqrt Exp Log Neg Abs Sign Reciprocal Floor Ceil Round Mod Erf Sin Cos Equal Greater Less ' +
    'GreaterOrEqual LessOrEqual And Or Not Xor QLinearAdd QLinearMul',
};

const byOperator = new Map(
  Object.entries(members).flatMap(([category, names]) =>
    names.split(' ').map((name) => [name, category as Category] as const),
  ),
);

export const categoryOf = (opType: string): Category => byOperator.get(opType) ?? 'other';
