import { Builder, type Offset } from 'flatbuffers';
import { operatorNames } from '../../../../src/convert/tflite/operator-names.ts';
import { type FieldType, optionsNames, type Scalar, schema } from '../../../../src/convert/tflite/schema.ts';

/** TFLite's numbers of element types. */
const types = { float32: 0, float16: 1, int32: 2, uint8: 3, int64: 4, bool: 6, int16: 7, int8: 9 } as const;

export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type?: keyof typeof types;
  readonly data?: ArrayBufferView;
  readonly quantization?: { scale: readonly number[]; zeroPoint: readonly number[]; axis?: number };
}

export interface OperatorSpec {
  readonly op: string;
  /** Names of tensors; '' is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** `[Conv2DOptions, {strideW: 1, ...}]` */
  readonly options?: readonly [string, Readonly<Record<string, unknown>>];
  readonly version?: number;
}

export interface ModelSpec {
  readonly tensors: readonly TensorSpec[];
  readonly operators: readonly OperatorSpec[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

type Fields = Record<string, unknown>;

/** A TFLite file of one subgraph, written by the npm package `flatbuffers`. */
export function writeTflite({ tensors, operators, inputs, outputs }: ModelSpec): Uint8Array {
  const index = (name: string): number => (name ? tensors.findIndex((tensor) => tensor.name === name) : -1);
  const withData = tensors.filter(({ data }) => data);
  const model = {
    version: 3,
    operatorCodes: operators.map(({ op, version = 1 }) => codeOf(op, version)),
    subgraphs: [
      {
        tensors: tensors.map((tensor) => tensorTable(tensor, withData.indexOf(tensor) + 1)),
        inputs: inputs.map(index),
        outputs: outputs.map(index),
        operators: operators.map((operator, i) => ({
          opcodeIndex: i,
          inputs: operator.inputs.map(index),
          outputs: operator.outputs.map(index),
          ...optionsOf(operator),
        })),
      },
    ],
    buffers: [{}, ...withData.map(({ data }) => ({ data: bytesOf(data!) }))],
  };
  const builder = new Builder(4096);
  builder.finish(writeTable(builder, 'Model', model), 'TFL3');
  return builder.asUint8Array();
}

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function codeOf(op: string, version: number): Fields {
  const builtin = operatorNames.indexOf(op);
  if (builtin < 0) return { deprecatedBuiltinCode: 32, builtinCode: 32, customCode: op, version };
  return { deprecatedBuiltinCode: Math.min(builtin, 127), builtinCode: builtin, version };
}

function tensorTable({ name, shape, type = 'float32', quantization }: TensorSpec, buffer: number): Fields {
  return {
    name,
    shape,
    type: types[type],
    buffer,
    quantization: quantization && {
      scale: quantization.scale,
      zeroPoint: quantization.zeroPoint.map(BigInt),
      quantizedDimension: quantization.axis ?? 0,
    },
  };
}

function optionsOf({ options }: OperatorSpec): Fields {
  if (!options) return {};
  const [name, fields] = options;
  const number = [...optionsNames].find(([, known]) => known === name)![0];
  return { builtinOptionsType: number, builtinOptions: { table: name, fields } };
}

const scalars: Readonly<Record<Scalar, 'Int8' | 'Int16' | 'Int32' | 'Float32' | 'Int64'>> = {
  bool: 'Int8',
  int8: 'Int8',
  uint8: 'Int8',
  uint16: 'Int16',
  int32: 'Int32',
  uint32: 'Int32',
  float32: 'Float32',
  int64: 'Int64',
  uint64: 'Int64',
};
const widths = { Int8: 1, Int16: 2, Int32: 4, Float32: 4, Int64: 8 };

function writeTable(builder: Builder, name: string, fields: Fields): Offset {
  const types = schema[name]!;
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  const offsets = present.map(([field, value]) => writeTarget(builder, types[field]!, value));
  builder.startObject(Math.max(...Object.values(types).map(({ id }) => id)) + 1);
  builder.forceDefaults(true);
  for (const [i, [field, value]] of present.entries()) {
    const type = types[field]!;
    const kind = type.kind === 'scalar' ? scalars[type.of] : undefined;
    if (!kind) builder.addFieldOffset(type.id, offsets[i]!, 0);
    else if (kind === 'Int64') builder.addFieldInt64(type.id, BigInt(value as number), 0n);
    else builder[`addField${kind}`](type.id, Number(value), 0);
  }
  return builder.endObject();
}

/** What a field of another kind than `scalar` points to. */
function writeTarget(builder: Builder, type: FieldType, value: unknown): Offset {
  if (type.kind === 'scalar') return 0;
  if (type.kind === 'text') return builder.createString(value as string);
  if (type.kind === 'table') return writeTable(builder, type.of, value as Fields);
  if (type.kind === 'position') {
    const { table, fields } = value as { table: string; fields: Fields };
    return writeTable(builder, table, fields);
  }
  if (type.kind === 'scalars') return writeScalars(builder, type.of, value as number[]);
  if (type.kind !== 'tables') return writeBytes(builder, value as Uint8Array);
  const tables = (value as Fields[]).map((fields) => writeTable(builder, type.of, fields));
  builder.startVector(4, tables.length, 4);
  for (const table of tables.toReversed()) builder.addOffset(table);
  return builder.endVector();
}

/** Buffers are aligned to 16 bytes, as LiteRT wants them. */
function writeBytes(builder: Builder, bytes: Uint8Array): Offset {
  builder.startVector(1, bytes.length, 16);
  for (let i = bytes.length - 1; i >= 0; i--) builder.addInt8(bytes[i]!);
  return builder.endVector();
}

function writeScalars(builder: Builder, scalar: Scalar, values: readonly (number | bigint)[]): Offset {
  const kind = scalars[scalar];
  builder.startVector(widths[kind], values.length, widths[kind]);
  for (const value of values.toReversed()) {
    if (kind === 'Int64') builder.addInt64(BigInt(value));
    else builder[`add${kind}`](Number(value));
  }
  return builder.endVector();
}
