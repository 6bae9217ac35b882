import { type DType, halfToFloat, Tensor } from '../../ir/index.ts';

/** A float tensor as float32; undefined for other pairs of types. bfloat16 is the upper half of a float32. */
export function asDtype(tensor: Tensor, dtype: DType): Tensor | undefined {
  if (tensor.dtype === dtype) return tensor;
  if (dtype !== 'float32') return undefined;
  const { shape } = tensor;
  if (tensor.dtype === 'float64')
    return Tensor.of('float32', Float32Array.from(tensor.data as Float64Array), shape);
  if (tensor.dtype === 'float16') return Tensor.of('float32', halfToFloat(tensor.data as Uint16Array), shape);
  if (tensor.dtype !== 'bfloat16') return undefined;
  const words = Uint32Array.from(tensor.data as Uint16Array, (bits) => bits << 16);
  return Tensor.of('float32', new Float32Array(words.buffer), shape);
}
