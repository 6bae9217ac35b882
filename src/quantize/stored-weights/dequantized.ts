import type { Node, Value } from '../../ir/index.ts';
import { alongAxis, hasIntegers, inBlocks, type StoredWeight, storedWeight } from './stored-weight.ts';

/** The constant behind DequantizeLinear: as it is, or 4 bits that a Cast makes bytes. */
export function dequantizedConstant(node: Node): Value | undefined {
  const value = node.inputs[0];
  const { producer } = value ?? {};
  const source = producer?.opType === 'Cast' ? producer.inputs[0] : value;
  return hasIntegers(source) ? source : undefined;
}

/** DequantizeLinear with one scale, one for each channel, or one for each block. Throws ModelError for other scales. */
export function dequantized(node: Node): StoredWeight[] {
  const source = dequantizedConstant(node);
  if (!source) return [];
  const [, scale, zeroPoint] = node.inputs;
  if (scale?.tensor?.dtype !== 'float32')
    throw node.error(`must have constant float32 scales for '${source.name}'`);
  const { shape } = source.tensor!;
  const axis = (node.int('axis', 1) + shape.length) % Math.max(shape.length, 1);
  const block = node.int('block_size', 0);
  const isChanneled = scale.tensor.size > 1;
  const index = block > 0 ? inBlocks(shape, axis, block) : isChanneled ? alongAxis(shape, axis) : () => 0;
  return [storedWeight(source, { scale, zeroPoint }, index)];
}

/** com.microsoft's table of rows in blocks. */
export function gatherBlockQuantized(node: Node): StoredWeight[] {
  const [source, , scale, zeroPoint] = node.inputs;
  if (!hasIntegers(source) || !scale?.tensor) return [];
  const { shape } = source.tensor!;
  const axis = (node.int('quantize_axis', 1) + shape.length) % shape.length;
  return [storedWeight(source, { scale, zeroPoint }, inBlocks(shape, axis, node.int('block_size', 128)))];
}

/** com.microsoft's product in few bits: the weight [N, K], a scale for each block of a row. */
export function matMulNBits(node: Node): StoredWeight[] {
  const [, source, scale, zeroPoint] = node.inputs;
  if (!source?.tensor || !scale?.tensor) return [];
  const [bits, block] = [node.int('bits', 4), node.int('block_size', 32)];
  const [rows, columns] = [node.int('N', 0), node.int('K', 0)];
  const blocks = Math.ceil(columns / block);
  const integers = unpacked(source.tensor.bytes, bits, { rows, from: blocks * block, to: columns });
  const zeros = zeroPoint?.tensor
    ? unpacked(zeroPoint.tensor.bytes, bits, {
        rows,
        from: (zeroPoint.tensor.bytes.length / rows) * (8 / bits),
        to: blocks,
      })
    : new Uint8Array([2 ** (bits - 1)]);
  const scales = scale.tensor.data as Float32Array;
  const values = Float32Array.from(integers, (q, i) => {
    const at = Math.floor(i / columns) * blocks + Math.floor((i % columns) / block);
    return Math.fround((q - zeros[zeros.length === 1 ? 0 : at]!) * scales[at]!);
  });
  const parameters = zeroPoint ? [scale, zeroPoint] : [scale];
  return [{ name: source.name, dtype: bits === 4 ? 'uint4' : 'uint8', values, parameters }];
}

interface Rows {
  readonly rows: number;
  /** Numbers in a row with what fills it up, and without. */
  readonly from: number;
  readonly to: number;
}

/** Numbers of `bits` bits, the low ones of a byte first. */
function unpacked(bytes: Uint8Array, bits: number, { rows, from, to }: Rows): Uint8Array {
  const perByte = 8 / bits;
  return Uint8Array.from({ length: rows * to }, (_, i) => {
    const at = Math.floor(i / to) * from + (i % to);
    return (bytes[Math.floor(at / perByte)]! >> (bits * (at % perByte))) & (2 ** bits - 1);
  });
}
