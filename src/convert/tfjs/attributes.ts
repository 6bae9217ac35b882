import type { DType } from '../../ir/index.ts';
import { Json } from '../json.ts';

/** TensorFlow's names of element types, and the numbers that protobuf has for them. */
const dtypes: Readonly<Record<string, DType>> = {
  DT_FLOAT: 'float32',
  DT_DOUBLE: 'float64',
  DT_INT32: 'int32',
  DT_UINT8: 'uint8',
  DT_INT16: 'int16',
  DT_INT8: 'int8',
  DT_INT64: 'int64',
  DT_BOOL: 'bool',
  DT_HALF: 'float16',
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  9: 'int64',
  10: 'bool',
};

/** tfjs computes in float32 and int32 only. */
const narrowed = (dtype: DType): DType =>
  dtype === 'float64' || dtype === 'float16' ? 'float32' : dtype === 'int64' ? 'int32' : dtype;

/** The `attr` of a node: tagged values as protobuf's JSON has them. */
export class Attributes {
  readonly #json: Json;

  constructor(json: Json | undefined, where: string) {
    this.#json = json ?? new Json({}, where);
  }

  /** A TensorFlow element type as tfjs computes it; throws ModelError if it is none of numbers. */
  dtype(name: string, fallback: DType = 'float32'): DType {
    const type = this.#json.optional(name)?.optional('type');
    if (!type) return fallback;
    const key = String(type.value);
    const dtype = Object.hasOwn(dtypes, key) ? dtypes[key] : undefined;
    return narrowed(dtype ?? type.choice(...(Object.keys(dtypes) as DType[])));
  }

  int(name: string, fallback: number): number {
    return this.#tagged(name, 'i')?.integer() ?? fallback;
  }

  float(name: string, fallback: number): number {
    return this.#tagged(name, 'f')?.number() ?? fallback;
  }

  bool(name: string, fallback = false): boolean {
    return this.#tagged(name, 'b')?.boolean() ?? fallback;
  }

  text(name: string, fallback: string): string {
    const json = this.#tagged(name, 's');
    return json ? decodeText(json) : fallback;
  }

  ints(name: string): number[] {
    return this.#list(name, 'i').map((item) => item.integer());
  }

  texts(name: string): string[] {
    return this.#list(name, 's').map(decodeText);
  }

  /** Sizes of a shape, -1 where they are open; undefined if the rank is. */
  shape(name: string): number[] | undefined {
    const shape = this.#json.optional(name)?.optional('shape');
    if (!shape || shape.optional('unknownRank')?.boolean()) return undefined;
    const dims = shape.optional('dim')?.list() ?? [];
    return dims.map((dim) => dim.optional('size')?.integer() ?? -1);
  }

  #tagged(name: string, tag: string): Json | undefined {
    return this.#json.optional(name)?.optional(tag);
  }

  #list(name: string, tag: string): Json[] {
    return this.#tagged(name, 'list')?.optional(tag)?.list() ?? [];
  }
}

/** Texts are in base64, or lists of character codes. */
function decodeText(json: Json): string {
  if (Array.isArray(json.value)) return String.fromCharCode(...json.integers());
  return Buffer.from(json.text(), 'base64').toString('latin1');
}
