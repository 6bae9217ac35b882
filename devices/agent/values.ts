import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { UsageError } from '../../src/errors.ts';
import { type DType, Model, Tensor } from '../../src/ir/index.ts';
import { Variant } from '../../src/ledger/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';

/** A value on its way: all but the models, which go by their hashes. */
export interface Packed {
  readonly bytes: Uint8Array;
  /** ONNX bytes by sha256. */
  readonly models: ReadonlyMap<string, Uint8Array>;
}

/** Stands for a value of a class in what V8 serializes. */
const tag = '\0edgebook';

/**
 * A value as bytes: numbers, strings, arrays, plain objects, maps, sets, dates, typed arrays and tensors as binary,
 * models by hash. Throws UsageError for what cannot leave its process: functions, sessions, promises.
 */
export function packValue(value: unknown, name: string): Packed {
  const models = new Map<string, Uint8Array>();
  const keep = (content: Uint8Array) => {
    const hash = createHash('sha256').update(content).digest('hex');
    models.set(hash, content);
    return { [tag]: 'model', hash };
  };
  try {
    return { bytes: serialize(toPlain(value, keep)), models };
  } catch (cause) {
    if (!(cause instanceof Error) || !/could not be cloned/.test(cause.message)) throw cause;
    throw new UsageError(
      `'${name}' cannot be sent: ${cause.message} Send numbers, text, arrays, plain objects, typed arrays, tensors or models`,
    );
  }
}

type KeepModel = (content: Uint8Array) => object;

function toPlain(value: unknown, keep: KeepModel): unknown {
  if (value instanceof Variant) return keep(value.content());
  if (value instanceof Model) return keep(writeModel(value));
  if (value instanceof Tensor) {
    const { dtype, shape, bytes, strings } = value;
    return { [tag]: 'tensor', dtype, shape, bytes, strings };
  }
  if (Array.isArray(value)) return value.map((item) => toPlain(item, keep));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item, keep)]));
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

/** The value again; `model` gives the ONNX bytes of a hash. */
export async function unpackValue(
  bytes: Uint8Array,
  model: (hash: string) => Promise<Uint8Array>,
): Promise<unknown> {
  const plain: unknown = deserialize(bytes);
  const models = new Map<string, Uint8Array>();
  for (const hash of hashesOf(plain)) models.set(hash, await model(hash));
  return fromPlain(plain, (hash) => models.get(hash)!);
}

function hashesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(hashesOf);
  if (!isPlain(value)) return [];
  return value[tag] === 'model' ? [String(value.hash)] : Object.values(value).flatMap(hashesOf);
}

function fromPlain(value: unknown, model: (hash: string) => Uint8Array): unknown {
  if (Array.isArray(value)) return value.map((item) => fromPlain(item, model));
  if (!isPlain(value)) return value;
  if (value[tag] === 'model') return readModel(model(String(value.hash)));
  if (value[tag] === 'tensor') return toTensor(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromPlain(item, model)]));
}

function toTensor({ dtype, shape, bytes, strings }: Record<string, unknown>): Tensor {
  return new Tensor(
    dtype as DType,
    shape as number[],
    bytes as Uint8Array,
    strings as Uint8Array[] | undefined,
  );
}
