import { create, type Message, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProtoSchema,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type TypeProtoSchema,
} from 'onnx-buf';

type GraphInit = Exclude<MessageInitShape<typeof GraphProtoSchema>, Message>;
type NodeInit = Exclude<MessageInitShape<typeof NodeProtoSchema>, Message>;
export type TensorInit = Exclude<MessageInitShape<typeof TensorProtoSchema>, Message>;
type TypeInit = Exclude<MessageInitShape<typeof TypeProtoSchema>, Message>;
type AttributeInit = Exclude<MessageInitShape<typeof AttributeProtoSchema>, Message>;
export type ModelInit = Exclude<MessageInitShape<typeof ModelProtoSchema>, Message>;

export const utf8 = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
export const toBytes = (model: ModelInit): Uint8Array =>
  toBinary(ModelProtoSchema, create(ModelProtoSchema, model));

/** A model around a graph, with the default operator set. */
export const modelOf = (graph: GraphInit, more: ModelInit = {}): ModelInit => ({
  irVersion: 10n,
  opsetImport: [{ domain: '', version: 21n }],
  graph: { name: 'main', ...graph },
  ...more,
});

/** A tensor type; strings are symbolic dimensions, null is an unknown one. */
export function tensorType(elemType: number, dims?: readonly (number | string | null)[]): TypeInit {
  const dim = dims?.map((d) => {
    if (d === null) return {};
    if (typeof d === 'string') return { value: { case: 'dimParam' as const, value: d } };
    return { value: { case: 'dimValue' as const, value: BigInt(d) } };
  });
  return { value: { case: 'tensorType', value: { elemType, shape: dim && { dim } } } };
}

export const info = (name: string, type: TypeInit = tensorType(1, ['N', 4])) => ({ name, type });
export const node = (opType: string, input: string[], output: string[], more: NodeInit = {}): NodeInit => ({
  opType,
  input,
  output,
  ...more,
});
export const subgraph = (name: string, g: GraphInit): AttributeInit => ({ name, type: 5, g });

/** x -> Relu -> y: the least that is a model. */
export const small = (): ModelInit =>
  modelOf({ node: [node('Relu', ['x'], ['y'])], input: [info('x')], output: [info('y')] });

/** Every field that holds data, for every type that may be in it. */
export function dataTensors(): TensorInit[] {
  const int32 = [2, 3, 4, 5, 6, 9, 10, 16, 17, 18, 19, 20, 24];
  const packed = [21, 22, 23, 25, 26];
  return [
    { name: 'float32', dataType: 1, dims: [2n, 2n], floatData: [1.5, -0, Number.NaN, 3e38] },
    { name: 'complex64', dataType: 14, dims: [2n], floatData: [1, 2, 3, 4] },
    { name: 'float64', dataType: 11, dims: [2n], doubleData: [Math.PI, -1e300] },
    { name: 'complex128', dataType: 15, dims: [1n], doubleData: [1, -1] },
    { name: 'int64', dataType: 7, dims: [4n], int64Data: [-1n, 2n ** 63n - 1n, -(2n ** 63n), 300n] },
    { name: 'uint64', dataType: 13, dims: [2n], uint64Data: [2n ** 64n - 1n, 1n] },
    { name: 'uint32', dataType: 12, dims: [2n], uint64Data: [2n ** 32n - 1n, 1n] },
    { name: 'string', dataType: 8, dims: [2n], stringData: [utf8('ä'), new Uint8Array([255, 0])] },
    { name: 'no-string', dataType: 8, dims: [0n] },
    { name: 'empty', dataType: 1, dims: [0n, 3n] },
    { name: 'scalar', dataType: 1, rawData: new Uint8Array([0, 0, 128, 63]) },
    { name: 'raw', dataType: 10, dims: [2n], rawData: new Uint8Array([0, 60, 0, 64]) },
    ...int32.map((dataType) => ({
      name: `int32_data-${dataType}`,
      dataType,
      dims: [3n],
      int32Data: [0, 1, 120],
    })),
    ...packed.map((dataType) => ({
      name: `packed-${dataType}`,
      dataType,
      dims: [3n],
      int32Data: dataType > 24 ? [0b111001] : [0x21, 0x03],
    })),
  ].map((tensor) => ({ ...tensor }) as TensorInit);
}

/** Every kind of attribute, on one node. */
export const attributes = (): AttributeInit[] => [
  { name: 'f', type: 1, f: 0.1 },
  { name: 'i', type: 2, i: -7n },
  { name: 'big', type: 2, i: 2n ** 63n - 1n },
  { name: 'low', type: 2, i: -(2n ** 63n) },
  { name: 'zero', type: 2, i: 0n },
  { name: 's', type: 3, s: utf8('nötig'), docString: 'what it is' },
  { name: 't', type: 4, t: { name: 'inner', dataType: 7, dims: [1n], int64Data: [5n], docString: 'kept' } },
  { name: 'floats', type: 6, floats: [1, -2.5] },
  { name: 'ints', type: 7, ints: [0n, -1n, 2n ** 60n] },
  { name: 'none', type: 7 },
  { name: 'strings', type: 8, strings: [utf8('a'), utf8('')] },
  { name: 'tensors', type: 9, tensors: [{ dataType: 1, floatData: [2] }] },
  { name: 'tp', type: 13, tp: tensorType(1, [1]) },
  { name: 'type_protos', type: 14, typeProtos: [tensorType(7)] },
  { name: 'sparse', type: 11, sparseTensor: sparse('s') },
  { name: 'sparses', type: 12, sparseTensors: [sparse('s')] },
  { name: 'implied', i: 3n },
];

const sparse = (name: string) => ({
  values: { name, dataType: 1, dims: [1n], floatData: [9] },
  indices: { dataType: 7, dims: [1n], int64Data: [4n] },
  dims: [10n],
});

const sequence: TypeInit = {
  value: { case: 'sequenceType', value: { elemType: tensorType(1, [null, 2]) } },
};
const map: TypeInit = { value: { case: 'mapType', value: { keyType: 7, valueType: tensorType(8) } } };
const denoted: TypeInit = {
  ...tensorType(1, [3]),
  denotation: 'IMAGE',
};

/** If and Loop bodies that use values of the graphs around them, two levels deep. */
export const nested = (): ModelInit => {
  const inner = {
    name: 'inner',
    node: [node('Add', ['h', 'w'], ['deep'])],
    output: [info('deep')],
  };
  const branch = (name: string) => ({
    name,
    node: [
      node('If', ['c'], [`${name}_y`], {
        attribute: [subgraph('then_branch', { ...inner, name: `${name}_in` })],
      }),
    ],
    output: [info(`${name}_y`)],
    initializer: [{ name: `${name}_k`, dataType: 1, floatData: [1] }],
  });
  return modelOf({
    input: [info('x'), info('c', tensorType(9, []))],
    initializer: [{ name: 'w', dataType: 1, dims: [4n], floatData: [1, 2, 3, 4] }],
    node: [
      node('Relu', ['x'], ['h']),
      node('If', ['c'], ['y'], {
        attribute: [subgraph('then_branch', branch('a')), subgraph('else_branch', branch('b'))],
      }),
    ],
    output: [info('y')],
    valueInfo: [info('h')],
  });
};

/** What a model can have, in one. */
export const everything = (): ModelInit => ({
  irVersion: 13n,
  producerName: 'tester',
  producerVersion: '1.2',
  domain: 'org.example',
  modelVersion: 2n ** 62n,
  docString: 'äöü '.repeat(60),
  opsetImport: [
    { domain: '', version: 24n },
    { domain: 'local', version: 1n },
  ],
  metadataProps: [
    { key: 'a', value: '1' },
    { key: 'b', value: '' },
  ],
  configuration: [{ name: 'two', numDevices: 2, device: ['cpu', 'npu'] }],
  trainingInfo: [
    {
      initialization: { name: 'init', node: [node('Constant', [], ['k'])] },
      algorithm: { name: 'step', initializer: dataTensors() },
      updateBinding: [{ key: 'w', value: 'w_new' }],
    },
  ],
  functions: functions(),
  graph: mainGraph(),
});

const mainGraph = (): GraphInit => ({
  name: 'main',
  docString: 'a graph',
  metadataProps: [{ key: 'g', value: 'h' }],
  input: [info('x'), info('w', tensorType(1, [4])), info('seq', sequence), info('map', map), info('any', {})],
  output: [info('y'), info('x'), { name: 'untyped' }, info('negative', tensorType(1, [-1, 0, null]))],
  initializer: [
    { name: 'w', dataType: 1, dims: [4n], floatData: [1, 2, 3, 4], docString: 'weights' },
    ...dataTensors(),
  ],
  sparseInitializer: [sparse('thin')],
  quantizationAnnotation: [
    { tensorName: 'w', quantParameterTensorNames: [{ key: 'SCALE_TENSOR', value: 'scalar' }] },
  ],
  valueInfo: [
    info('hidden', denoted),
    info('w', tensorType(1, [4])),
    info('nowhere'),
    { name: 'h2', docString: 'hi' },
  ],
  node: mainNodes(),
});

const mainNodes = (): NodeInit[] => [
  node('Clip', ['x', '', 'scalar'], ['hidden', ''], {
    name: 'clip',
    docString: 'clips',
    metadataProps: [{ key: 'n', value: 'm' }],
    deviceConfigurations: [sharded],
  }),
  node('Twice', ['hidden'], ['h2'], {
    domain: 'local',
    overload: 'fast',
    attribute: [{ name: 'alpha', type: 1, f: 2 }],
  }),
  node('Exotic', ['h2', 'thin', ''], ['y'], { attribute: attributes() }),
  node('Identity', ['y'], ['untyped']),
  node('Identity', ['y'], ['negative']),
];

const sharded: NonNullable<NodeInit['deviceConfigurations']>[number] = {
  configurationId: 'two',
  pipelineStage: -1,
  shardingSpec: [
    {
      tensorName: 'x',
      device: [0n, -1n],
      indexToDeviceGroupMap: [{ key: -1n, value: [0n, 1n] }],
      shardedDim: [{ axis: -1n, simpleSharding: [{ dim: { case: 'dimValue', value: 2n }, numShards: 2n }] }],
    },
  ],
};

const functions = () => [
  {
    name: 'Twice',
    domain: 'local',
    overload: 'fast',
    input: ['a'],
    output: ['b'],
    attribute: ['alpha'],
    attributeProto: [{ name: 'beta', type: 2, i: 0n }],
    docString: 'twice the same',
    opsetImport: [{ domain: '', version: 21n }],
    metadataProps: [{ key: 'f', value: 'g' }],
    valueInfo: [info('a'), info('t')],
    node: [
      node('LeakyRelu', ['a'], ['t'], { attribute: [{ name: 'alpha', type: 1, refAttrName: 'alpha' }] }),
      node('Add', ['t', 't'], ['b']),
    ],
  },
];
