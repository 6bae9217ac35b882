import type { DType, Tensor } from '../../../../src/ir/index.ts';
import type { Files } from './tensorflow.ts';

type Attribute =
  | number
  | boolean
  | string
  | readonly number[]
  | readonly string[]
  | { type: string }
  | { float: number };

/** One operator with its inputs: computed ones by shape, constants as tensors. */
export interface OperatorCase {
  readonly op: string;
  readonly inputs: readonly (Fed | Tensor)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** References to its outputs; default: the first. */
  readonly outputs?: readonly string[];
}

export interface Fed {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

const types: Partial<Record<DType, string>> = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const isTensor = (input: Fed | Tensor): input is Tensor => 'bytes' in input;

/** A tfjs graph model that is one operator, `y`, of inputs `x0`, `x1`, ... */
export function oneOperator({ op, inputs, attributes = {}, outputs = ['y'] }: OperatorCase): Files {
  const sources = inputs.map((input, i) =>
    isTensor(input) ? constant(`x${i}`, input) : placeholder(`x${i}`, input),
  );
  const attr = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, tagged(value)]));
  const node = { name: 'y', op, input: inputs.map((_, i) => `x${i}`), attr };
  const ends = outputs.map((reference, i) => ({
    name: `end${i}`,
    op: 'Identity',
    input: [reference],
    attr: {},
  }));
  const constants = inputs.flatMap((input, i) => (isTensor(input) ? [[`x${i}`, input] as const] : []));
  return graphFile(
    [...sources, node, ...ends],
    Object.fromEntries(constants),
    ends.map(({ name }) => name),
  );
}

/** A tfjs graph model of nodes and constants. */
export function graphFile(
  nodes: readonly object[],
  constants: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
): Files {
  const weights = Object.entries(constants).map(([name, { dtype, shape }]) => ({ name, shape, dtype }));
  const signature = { outputs: Object.fromEntries(outputs.map((name) => [name, { name }])) };
  return {
    json: {
      format: 'graph-model',
      modelTopology: { node: nodes, versions: { producer: 1 } },
      signature,
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    },
    weights: Buffer.concat(Object.values(constants).map(({ bytes }) => bytes)),
  };
}

const constant = (name: string, { dtype }: Tensor): object => ({
  name,
  op: 'Const',
  attr: { dtype: { type: types[dtype] } },
});

export const placeholder = (name: string, { shape, dtype = 'float32' }: Fed): object => ({
  name,
  op: 'Placeholder',
  attr: {
    dtype: { type: types[dtype] },
    shape: { shape: { dim: shape.map((size) => ({ size: String(size) })) } },
  },
});

export function tagged(value: Attribute): object {
  if (typeof value === 'number') return { i: String(value) };
  if (typeof value === 'boolean') return { b: value };
  if (typeof value === 'string') return { s: base64(value) };
  if ('float' in value) return { f: value.float };
  if ('type' in value) return value;
  if (typeof value[0] === 'string') return { list: { s: (value as string[]).map(base64) } };
  return { list: { i: (value as number[]).map(String) } };
}
