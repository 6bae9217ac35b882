import { alignBroadcast, alignSlope } from './broadcast.ts';
import { all, type Converter, drop, intsToInput } from './converter.ts';
import { resizeModes, upsampleFactors, upsampleScales, upsampleToResize } from './resize.ts';
import * as simple from './simple.ts';
import { overOneAxis } from './softmax.ts';

const axesToInput = intsToInput('axes', 1);
const forEach = (names: string, converter: Converter): Record<string, Converter> =>
  Object.fromEntries(names.split(' ').map((name) => [name, converter]));

/**
 * What a node must be rewritten for, by the operator set that changed its operator: arguments that moved from attributes
 * to inputs, and defaults and meanings that changed. All other changes up to 21 only allow more than before
 * (the changelog of the ONNX operators, and the adapters of its version converter).
 */
export const converters: Readonly<Record<number, Readonly<Record<string, Converter>>>> = {
  7: {
    ...forEach('Add Sub Mul Div Pow And Or Xor Equal Greater Less', alignBroadcast),
    ...forEach('RNN GRU LSTM', drop('output_sequence')),
    Gemm: drop('broadcast'),
    PRelu: alignSlope,
    Dropout: drop('is_test'),
    BatchNormalization: simple.batchNormalizationInference,
    Upsample: upsampleFactors,
  },
  9: {
    BatchNormalization: simple.batchNormalizationSpatial,
    Upsample: upsampleScales,
    Scan: simple.refuse('Scan of operator set 8 has a batch axis, which newer ones have not'),
  },
  10: {
    Slice: all(intsToInput('starts', 1), intsToInput('ends', 2), intsToInput('axes', 3)),
    TopK: simple.topKOperand,
    Dropout: simple.dropoutMask,
    Upsample: upsampleToResize,
  },
  11: {
    Clip: simple.bounds,
    Pad: simple.padOperands,
    Resize: resizeModes,
    Scatter: simple.rename('ScatterElements'),
  },
  12: { Dropout: simple.dropoutRatio },
  13: {
    ...forEach('Squeeze Unsqueeze ReduceSum', axesToInput),
    ...forEach('Softmax LogSoftmax Hardmax', overOneAxis),
    Split: intsToInput('split', 1),
  },
  14: { BatchNormalization: simple.batchNormalizationOutputs },
  16: { RoiAlign: simple.roiAlignMode },
  18: {
    ...forEach(
      'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare',
      axesToInput,
    ),
    Split: simple.splitCount,
  },
  20: { GridSample: simple.gridSampleMode, DFT: simple.dftAxis },
  21: { GroupNormalization: simple.groupNormalizationParameters },
};

/** The operators of the ONNX domain up to operator set 21: of others nobody knows what changed. */
export const known: ReadonlySet<string> = new Set(
  (
    'Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Bernoulli ' +
    'BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip ' +
    'Col2Im Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh ' +
    'CumSum DFT DeformConv DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf ' +
    'Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool ' +
    'GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HammingWindow HannWindow HardSigmoid ' +
    'HardSwish Hardmax Identity If ImageDecoder InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization ' +
    'LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool ' +
    'MaxRoiPool MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg ' +
    'NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement ' +
    'Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RNN RandomNormal RandomNormalLike RandomUniform ' +
    'RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ' +
    'ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize ReverseSequence RoiAlign ' +
    'Round STFT Scan Scatter ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty ' +
    'SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax ' +
    'SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat ' +
    'StringNormalizer StringSplit Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unique ' +
    'Unsqueeze Upsample Where Xor'
  ).split(' '),
);
