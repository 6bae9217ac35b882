import { ModelError } from '../../errors.ts';
import { type DType, halfToFloat, product, Tensor } from '../../ir/index.ts';
import type { Json } from '../json.ts';

/** How the elements of a weight are in the file. */
interface Stored {
  /** Bytes an element. */
  readonly width: number;
  decode(bytes: Uint8Array, spec: Json): { dtype: DType; data: Float32Array | Int32Array | Uint8Array };
}

/** A copy; not slice(), which of a Buffer is a view. */
const aligned = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const plain: Readonly<Record<string, Stored>> = {
  float32: { width: 4, decode: (bytes) => ({ dtype: 'float32', data: new Float32Array(aligned(bytes)) }) },
  int32: { width: 4, decode: (bytes) => ({ dtype: 'int32', data: new Int32Array(aligned(bytes)) }) },
  bool: {
    width: 1,
    decode: (bytes) => ({ dtype: 'bool', data: Uint8Array.from(bytes, (b) => (b ? 1 : 0)) }),
  },
};

const quantized: Readonly<Record<string, Stored>> = {
  float16: {
    width: 2,
    decode: (bytes) => ({ dtype: 'float32', data: halfToFloat(new Uint16Array(aligned(bytes))) }),
  },
  uint8: { width: 1, decode: (bytes, spec) => affine(bytes, spec) },
  uint16: { width: 2, decode: (bytes, spec) => affine(new Uint16Array(aligned(bytes)), spec) },
};

/** `q * scale + min`, rounded where the weight was of integers. */
function affine(integers: Uint8Array | Uint16Array, spec: Json): ReturnType<Stored['decode']> {
  const quantization = spec.get('quantization');
  const scale = quantization.get('scale').number();
  const min = quantization.get('min').number();
  if (spec.get('dtype').text() === 'int32')
    return { dtype: 'int32', data: Int32Array.from(integers, (q) => Math.round(q * scale + min)) };
  return { dtype: 'float32', data: Float32Array.from(integers, (q) => q * scale + min) };
}

export interface Weights {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Weights by what they are stored as: `uint8`, `float32`. */
  readonly storedAs: ReadonlyMap<string, number>;
}

/**
 * Decodes the weights of a tfjs model: `specs` are the entries of its weightsManifest, `bytes` all of its shards in a row.
 * uint8, uint16 and float16 become float32. Throws ModelError for an unknown type, and if the bytes do not suffice.
 */
export function decodeWeights(specs: readonly Json[], bytes: Uint8Array): Weights {
  const tensors = new Map<string, Tensor>();
  const storedAs = new Map<string, number>();
  let offset = 0;
  for (const spec of specs) {
    const name = spec.get('name').text();
    const shape = spec.get('shape').sizes();
    const [kind, stored] = storedAsOf(spec, name);
    const length = product(shape) * stored.width;
    if (!Number.isSafeInteger(length) || offset + length > bytes.length)
      throw new ModelError(
        `Weight '${name}' of shape [${shape.join(', ')}] must have ${length} bytes from ${offset} on, the files have ${bytes.length} in all`,
        { value: name },
      );
    const { dtype, data } = stored.decode(bytes.subarray(offset, offset + length), spec);
    tensors.set(name, Tensor.of(dtype, data, shape));
    storedAs.set(kind, (storedAs.get(kind) ?? 0) + 1);
    offset += length;
  }
  return { tensors, storedAs };
}

function storedAsOf(spec: Json, name: string): [string, Stored] {
  const quantization = spec.optional('quantization');
  const table = quantization ? quantized : plain;
  const kind = (quantization ?? spec).get('dtype').text();
  const stored = Object.hasOwn(table, kind) ? table[kind] : undefined;
  if (stored) return [kind, stored];
  throw new ModelError(
    `Weight '${name}' must be stored as ${Object.keys(table).join(', ')}, is stored as ${kind}`,
    { value: name },
  );
}
