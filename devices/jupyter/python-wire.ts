import { UsageError } from '../../src/errors.ts';
import { type DType, Tensor } from '../../src/ir/index.ts';

// How values travel to and from Python: the length of a JSON tree as a little-endian uint64, the tree, then the bytes of
// all arrays. Whatever JSON has no word for is an object with `$`.

type Node = null | boolean | number | string | readonly Node[] | Tagged;

type Tagged =
  | { readonly $: 'object'; readonly items: readonly (readonly [string, Node])[] }
  | { readonly $: 'bigint'; readonly value: string }
  | { readonly $: 'number'; readonly value: string }
  | ArrayNode;

/** What JSON has no number for, as Python writes it. */
const notFinite: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

interface ArrayNode {
  readonly $: 'array';
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Where its bytes are among those of all arrays. */
  readonly at: number;
  readonly length: number;
}

const headLength = 8;

type ArrayClass = { new (buffer: ArrayBuffer): ArrayBufferView; readonly name: string };

/** Element types that NumPy has, with the typed array that one dimension of them becomes; the others are tensors. */
const arrays: Readonly<Partial<Record<DType, ArrayClass | undefined>>> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: undefined,
  float16: undefined,
};

/** A value as Python takes it. Throws UsageError for what Python has no word for: functions, models, maps, dates. */
export function toPython(value: unknown, name: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const blob = (dtype: DType, shape: readonly number[], bytes: Uint8Array): ArrayNode => {
    const node = { $: 'array', dtype, shape, at: length, length: bytes.length } as const;
    parts.push(bytes);
    length += bytes.length;
    return node;
  };
  const tree = Buffer.from(JSON.stringify(nodeOf(value, { name, blob })));
  const head = Buffer.alloc(headLength);
  head.writeBigUInt64LE(BigInt(tree.length));
  return Buffer.concat([head, tree, ...parts]);
}

interface Maker {
  readonly name: string;
  readonly blob: (dtype: DType, shape: readonly number[], bytes: Uint8Array) => ArrayNode;
}

function nodeOf(value: unknown, maker: Maker): Node {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { $: 'bigint', value: String(value) };
  if (typeof value === 'number')
    // JSON has no -0 either.
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: 'number', value: floatText(value) };
  if (value instanceof Tensor && value.dtype in arrays)
    return maker.blob(value.dtype, value.shape, value.bytes);
  if (ArrayBuffer.isView(value)) return arrayNode(value, maker);
  if (Array.isArray(value)) return value.map((item) => nodeOf(item, maker));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw refusal(value, maker.name);
  const items = Object.entries(value as object).map(([key, item]) => [key, nodeOf(item, maker)] as const);
  return { $: 'object', items };
}

const floatText = (value: number): string =>
  Number.isNaN(value) ? 'nan' : value === 0 ? '-0.0' : value > 0 ? 'inf' : '-inf';

function arrayNode(view: ArrayBufferView, maker: Maker): ArrayNode {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const isBytes = view instanceof Uint8Array || view instanceof Uint8ClampedArray;
  const found = Object.entries(arrays).find(([, type]) => type?.name === view.constructor.name)?.[0];
  const dtype = (isBytes ? 'uint8' : found) as DType | undefined;
  if (!dtype) throw refusal(view, maker.name);
  const { length } = view as unknown as { readonly length: number };
  return maker.blob(dtype, [length], bytes);
}

function refusal(value: unknown, name: string): UsageError {
  const what =
    value instanceof Tensor
      ? `tensor of ${value.dtype}`
      : typeof value === 'object'
        ? value!.constructor.name
        : typeof value;
  return new UsageError(
    `'${name}' cannot be sent to Python, which has no word for a ${what}. Send numbers, text, arrays, plain objects, typed arrays or tensors of numbers`,
  );
}

/** A value that Python has sent: arrays of one dimension are typed arrays, others tensors. */
export function fromPython(bytes: Uint8Array): unknown {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = headLength + Number(all.readBigUInt64LE(0));
  const tree = JSON.parse(all.toString('utf8', headLength, end)) as Node;
  return decoded(tree, all.subarray(end));
}

function decoded(node: Node, body: Uint8Array): unknown {
  if (Array.isArray(node)) return node.map((item: Node) => decoded(item, body));
  if (node === null || typeof node !== 'object') return node;
  const tagged = node as Tagged;
  if (tagged.$ === 'object')
    return Object.fromEntries(tagged.items.map(([key, item]) => [key, decoded(item, body)]));
  if (tagged.$ === 'bigint') return BigInt(tagged.value);
  if (tagged.$ === 'number') return notFinite[tagged.value];
  const { dtype, shape, at, length } = tagged;
  // A copy of its own: aligned, and free of the others.
  const own = Uint8Array.from(body.subarray(at, at + length));
  const type = shape.length === 1 ? arrays[dtype] : undefined;
  return type ? new type(own.buffer) : new Tensor(dtype, shape, own);
}
