/**
 * The tables of TFLite's FlatBuffers schema, version 3 (schema.fbs of LiteRT): field ids, types and defaults of what is read.
 * A union is its type and a `position`, where the table is that the type names.
 */

export type Scalar =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'float32'
  | 'int64'
  | 'uint64';

export type FieldType = { readonly id: number; readonly default?: number | bigint | boolean } & (
  | { readonly kind: 'scalar' | 'scalars'; readonly of: Scalar }
  | { readonly kind: 'table' | 'tables'; readonly of: string }
  | { readonly kind: 'text' | 'bytes' | 'position' }
);

const scalar = (
  id: number,
  of: Scalar,
  fallback: number | bigint | boolean = of === 'bool' ? false : 0,
): FieldType => ({
  id,
  kind: 'scalar',
  of,
  default: fallback,
});
const int32 = (id: number, fallback = 0): FieldType => scalar(id, 'int32', fallback);
const enumeration = (id: number): FieldType => scalar(id, 'int8');
const bool = (id: number): FieldType => scalar(id, 'bool');
const scalars = (id: number, of: Scalar): FieldType => ({ id, kind: 'scalars', of });
const table = (id: number, of: string): FieldType => ({ id, kind: 'table', of });
const tables = (id: number, of: string): FieldType => ({ id, kind: 'tables', of });
const text = (id: number): FieldType => ({ id, kind: 'text' });
const bytes = (id: number): FieldType => ({ id, kind: 'bytes' });
const position = (id: number): FieldType => ({ id, kind: 'position' });

const structure = {
  Model: {
    version: scalar(0, 'uint32'),
    operatorCodes: tables(1, 'OperatorCode'),
    subgraphs: tables(2, 'SubGraph'),
    description: text(3),
    buffers: tables(4, 'Buffer'),
    signatureDefs: tables(7, 'SignatureDef'),
  },
  OperatorCode: {
    deprecatedBuiltinCode: scalar(0, 'int8'),
    customCode: text(1),
    version: int32(2, 1),
    builtinCode: int32(3),
  },
  SubGraph: {
    tensors: tables(0, 'Tensor'),
    inputs: scalars(1, 'int32'),
    outputs: scalars(2, 'int32'),
    operators: tables(3, 'Operator'),
    name: text(4),
  },
  Tensor: {
    shape: scalars(0, 'int32'),
    type: enumeration(1),
    buffer: scalar(2, 'uint32'),
    name: text(3),
    quantization: table(4, 'QuantizationParameters'),
    isVariable: bool(5),
    sparsity: table(6, 'SparsityParameters'),
  },
  QuantizationParameters: {
    scale: scalars(2, 'float32'),
    zeroPoint: scalars(3, 'int64'),
    detailsType: scalar(4, 'uint8'),
    quantizedDimension: int32(6),
  },
  SparsityParameters: {
    traversalOrder: scalars(0, 'int32'),
    blockMap: scalars(1, 'int32'),
    dimMetadata: tables(2, 'DimensionMetadata'),
  },
  DimensionMetadata: {
    format: enumeration(0),
    denseSize: int32(1),
    arraySegmentsType: scalar(2, 'uint8'),
    arraySegments: position(3),
    arrayIndicesType: scalar(4, 'uint8'),
    arrayIndices: position(5),
  },
  Int32Vector: { values: scalars(0, 'int32') },
  Uint16Vector: { values: scalars(0, 'uint16') },
  Uint8Vector: { values: scalars(0, 'uint8') },
  Operator: {
    opcodeIndex: scalar(0, 'uint32'),
    inputs: scalars(1, 'int32'),
    outputs: scalars(2, 'int32'),
    builtinOptionsType: scalar(3, 'uint8'),
    builtinOptions: position(4),
    customOptions: bytes(5),
  },
  Buffer: { data: bytes(0), offset: scalar(1, 'uint64', 0n), size: scalar(2, 'uint64', 0n) },
  SignatureDef: {
    inputs: tables(0, 'TensorMap'),
    outputs: tables(1, 'TensorMap'),
    subgraphIndex: scalar(4, 'uint32'),
  },
  TensorMap: { name: text(0), tensorIndex: scalar(1, 'uint32') },
} as const;

const resizing = (from: number) => ({ alignCorners: bool(from), halfPixelCenters: bool(from + 1) });
const activated = { activation: enumeration(0) };
const convolving = (from: number) => ({
  padding: enumeration(0),
  strideW: int32(1),
  strideH: int32(2),
  activation: enumeration(from),
  dilationW: int32(from + 1, 1),
  dilationH: int32(from + 2, 1),
});

/** Options of operators. Those without fields of interest are not here. */
const options = {
  Conv2DOptions: convolving(3),
  DepthwiseConv2DOptions: convolving(4),
  Pool2DOptions: {
    padding: enumeration(0),
    strideW: int32(1),
    strideH: int32(2),
    filterW: int32(3),
    filterH: int32(4),
    activation: enumeration(5),
  },
  FullyConnectedOptions: { activation: enumeration(0), weightsFormat: enumeration(1), keepNumDims: bool(2) },
  SoftmaxOptions: { beta: scalar(0, 'float32') },
  ConcatenationOptions: { axis: int32(0), activation: enumeration(1) },
  AddOptions: activated,
  SubOptions: activated,
  MulOptions: activated,
  DivOptions: activated,
  L2NormOptions: activated,
  ReshapeOptions: { newShape: scalars(0, 'int32') },
  ResizeBilinearOptions: resizing(2),
  ResizeNearestNeighborOptions: resizing(0),
  ReducerOptions: { keepDims: bool(0) },
  SqueezeOptions: { squeezeDims: scalars(0, 'int32') },
  StridedSliceOptions: {
    beginMask: int32(0),
    endMask: int32(1),
    ellipsisMask: int32(2),
    newAxisMask: int32(3),
    shrinkAxisMask: int32(4),
    offset: bool(5),
  },
  TransposeConvOptions: {
    padding: enumeration(0),
    strideW: int32(1),
    strideH: int32(2),
    activation: enumeration(3),
  },
  GatherOptions: { axis: int32(0), batchDims: int32(1) },
  LeakyReluOptions: { alpha: scalar(0, 'float32') },
  PackOptions: { count: int32(0), axis: int32(1) },
  UnpackOptions: { count: int32(0), axis: int32(1) },
  SplitOptions: { count: int32(0) },
  SplitVOptions: { count: int32(0) },
  ArgMaxOptions: { outputType: enumeration(0) },
  ArgMinOptions: { outputType: enumeration(0) },
  ShapeOptions: { outputType: enumeration(0) },
  DepthToSpaceOptions: { blockSize: int32(0) },
  SpaceToDepthOptions: { blockSize: int32(0) },
  MirrorPadOptions: { mode: enumeration(0) },
  BatchMatMulOptions: { adjX: bool(0), adjY: bool(1) },
  GeluOptions: { approximate: bool(0) },
} as const;

export type OptionsName = keyof typeof options;
/** Fields by table. */
export const schema: Readonly<Record<string, Readonly<Record<string, FieldType>>>> = {
  ...structure,
  ...options,
};

/** Members of the union BuiltinOptions by their number. */
export const optionsNames: ReadonlyMap<number, OptionsName> = new Map([
  [1, 'Conv2DOptions'],
  [2, 'DepthwiseConv2DOptions'],
  [5, 'Pool2DOptions'],
  [8, 'FullyConnectedOptions'],
  [9, 'SoftmaxOptions'],
  [10, 'ConcatenationOptions'],
  [11, 'AddOptions'],
  [12, 'L2NormOptions'],
  [15, 'ResizeBilinearOptions'],
  [17, 'ReshapeOptions'],
  [19, 'SpaceToDepthOptions'],
  [21, 'MulOptions'],
  [23, 'GatherOptions'],
  [27, 'ReducerOptions'],
  [28, 'SubOptions'],
  [29, 'DivOptions'],
  [30, 'SqueezeOptions'],
  [32, 'StridedSliceOptions'],
  [35, 'SplitOptions'],
  [40, 'ArgMaxOptions'],
  [49, 'TransposeConvOptions'],
  [55, 'ShapeOptions'],
  [57, 'ArgMinOptions'],
  [59, 'PackOptions'],
  [64, 'UnpackOptions'],
  [74, 'ResizeNearestNeighborOptions'],
  [75, 'LeakyReluOptions'],
  [77, 'MirrorPadOptions'],
  [79, 'SplitVOptions'],
  [94, 'DepthToSpaceOptions'],
  [101, 'BatchMatMulOptions'],
  [116, 'GeluOptions'],
]);
