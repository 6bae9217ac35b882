import { ModelError } from '../../errors.ts';
import { byteLength, type DType, dtypeBits, halfToFloat, product, Tensor } from '../../ir/index.ts';
import type { Quantization } from '../channels-last/index.ts';
import type { TensorRecord } from './file.ts';
import { densify } from './sparse.ts';
import { dtypeOf } from './tensor-types.ts';

/**
 * The data of a constant tensor: dense, float16 as float32, 4-bit integers as 8-bit ones, and the 64-bit biases of 16-bit
 * models as the float32 numbers that they mean. Throws ModelError if its length is wrong.
 */
export function constantData(record: TensorRecord): Tensor {
  const { name, type, data, sparsity } = record;
  const dtype = dtypeOf(type, name);
  const shape = sparsity ? [(data!.length * 8) / dtypeBits(dtype)] : record.shape;
  const expected = byteLength(dtype, product(shape));
  if (shape.some((size) => size < 0) || data!.length !== expected)
    throw new ModelError(
      `Tensor '${name}' of shape [${shape}] must have ${expected} bytes, has ${data!.length}`,
      {
        value: name,
      },
    );
  const stored = widened(new Tensor(dtype, shape, data!));
  const dense = sparsity ? densify(stored, { shape: record.shape, sparsity, name }) : stored;
  const scales = record.quantization?.scale as number[] | undefined;
  return dtype === 'int64' && scales?.length ? scaled(dense, scales) : dense;
}

function widened(tensor: Tensor): Tensor {
  const { dtype, shape } = tensor;
  if (dtype === 'float16') return Tensor.of('float32', halfToFloat(tensor.data as Uint16Array), shape);
  return dtype === 'int4' || dtype === 'uint4' ? unpacked(dtype, { data: tensor.bytes, shape }) : tensor;
}

const scaled = (tensor: Tensor, scales: readonly number[]): Tensor =>
  Tensor.of(
    'float32',
    Float32Array.from(tensor.toNumbers(), (number, i) => number * scales[i % scales.length]!),
    tensor.shape,
  );

/** Two elements a byte, the low four bits first. */
function unpacked(
  dtype: 'int4' | 'uint4',
  { data, shape }: { data: Uint8Array; shape: readonly number[] },
): Tensor {
  const size = product(shape);
  const nibble = (i: number): number => (data[i >> 1]! >> (i % 2 ? 4 : 0)) & 15;
  if (dtype === 'uint4')
    return Tensor.of(
      'uint8',
      Uint8Array.from({ length: size }, (_, i) => nibble(i)),
      shape,
    );
  return Tensor.of(
    'int8',
    Int8Array.from({ length: size }, (_, i) => (nibble(i) << 28) >> 28),
    shape,
  );
}

const integers: ReadonlySet<DType> = new Set<DType>(['int8', 'uint8', 'int16', 'int32']);

/**
 * How a tensor is quantized; undefined if it is not. Throws ModelError for scales that are not over 0, or that do not fit
 * the axis that they belong to.
 */
export function quantizationOf(record: TensorRecord): Quantization | undefined {
  const { name, shape, quantization } = record;
  const scales = (quantization?.scale as number[] | undefined) ?? [];
  if (scales.length === 0) return undefined;
  const declared = dtypeOf(record.type, name);
  const dtype = declared === 'int4' ? 'int8' : declared === 'uint4' ? 'uint8' : declared;
  if (!integers.has(dtype)) return undefined;
  const zeroPoints = ((quantization?.zeroPoint as bigint[] | undefined) ?? []).map(Number);
  const axis = (quantization?.quantizedDimension as number | undefined) ?? 0;
  const perAxis = scales.length === 1 || scales.length === shape[axis];
  const zeros = zeroPoints.length === 0 ? scales.map(() => 0) : zeroPoints;
  const spread = zeros.length === 1 ? scales.map(() => zeros[0]!) : zeros;
  if (!perAxis || spread.length !== scales.length || !scales.every((s) => s > 0 && Number.isFinite(s)))
    throw new ModelError(
      `Tensor '${name}' of shape [${shape}] must have scales over 0, one or one for each index of axis ${axis}, and as many zero points; has ${scales.length} and ${zeroPoints.length}`,
      { value: name },
    );
  if (dtype === 'int32' && spread.some((zero) => zero !== 0))
    throw new ModelError(`Tensor '${name}' of type int32 must have zero points of 0`, { value: name });
  return { dtype, scales, zeroPoints: spread, axis };
}
