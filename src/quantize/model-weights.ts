import { bfloatToNumber, type DType, halfToFloat, type Model, type Tensor, type Value } from '../ir/index.ts';
import { storedReaders } from './stored-weights/readers.ts';

/** A constant of a model in real numbers, and the dtype that it is kept in. */
export interface Weight {
  readonly name: string;
  readonly dtype: DType;
  readonly values: Float32Array;
}

/**
 * The weights of a model as it computes with them: float constants of more than one element, and integer constants with
 * their scales, as every scheme of quantization writes them. Throws ModelError for DequantizeLinear whose scales are not
 * constant float32.
 */
export function modelWeights(model: Model): Weight[] {
  const { graph } = model;
  const stored = graph.nodes.flatMap((node) => storedReaders[node.opType]?.(node) ?? []);
  const parameters = new Set(stored.flatMap((weight) => weight.parameters));
  const floats = [...graph.initializers.values()].flatMap((value) => {
    if (value.tensor!.size <= 1 || isScale(value) || parameters.has(value)) return [];
    const values = realNumbers(value.tensor!);
    return values ? [{ name: value.name, dtype: value.tensor!.dtype, values }] : [];
  });
  const integers = new Map(stored.map(({ name, dtype, values }) => [name, { name, dtype, values }]));
  return [...floats, ...integers.values()];
}

/** Of a float constant; undefined for another. */
function realNumbers({ dtype, data }: Tensor): Float32Array | undefined {
  if (dtype === 'float32') return data as Float32Array;
  if (dtype === 'float16') return halfToFloat(data as Uint16Array);
  return dtype === 'bfloat16' ? Float32Array.from(data as Uint16Array, bfloatToNumber) : undefined;
}

const isScale = (value: Value): boolean =>
  value.uses.length > 0 &&
  value.uses.every(({ node, index }) => index === 1 && /^(Dequantize|Quantize)Linear$/.test(node.opType));
