import { Tensor, type Value } from '../../../ir/index.ts';
import { microsoft } from '../../../ops/com-microsoft/domain.ts';
import type { GroupedWeight } from '../grouped/grouped-weight.ts';
import { packBits } from '../grouped/pack.ts';
import type { WeightWriter } from './dequantized.ts';

/** Bits of one integer inside MatMulNBits: it has no kernel for 3. */
const containerBits = ({ format }: GroupedWeight): 2 | 4 | 8 => (format.bits === 3 ? 4 : format.bits);

export interface MatMulNBitsInputs {
  readonly x: Value;
  /** [channels] */
  readonly bias: Value | undefined;
  readonly accuracyLevel: number;
}

/**
 * X W (+ bias) by com.microsoft's MatMulNBits: the weight [channels, blocks, bytes], each block of a channel contiguous,
 * integers unsigned. One scale a channel becomes one for each block, all equal.
 */
export function matMulNBits(writer: WeightWriter, weight: GroupedWeight, inputs: MatMulNBitsInputs): Value {
  const { builder, base } = writer;
  const bits = containerBits(weight);
  const block = weight.groups > 1 ? weight.group : bestBlock(weight.inputs, bits);
  const blocks = Math.ceil(weight.inputs / block);
  const { channels } = weight;
  const packed = packBits(blocksOf(weight, block, bits), bits);
  const shape = [channels, blocks, (block * bits) / 8];
  const scales = Float32Array.from(
    { length: channels * blocks },
    (_, i) => weight.scales[groupOf(weight, i, blocks)]!,
  );
  const zeroPoints = weight.format.symmetric ? undefined : packedZeroPoints(weight, blocks, bits);
  const attributes = {
    K: weight.inputs,
    N: channels,
    bits,
    block_size: block,
    accuracy_level: inputs.accuracyLevel,
  };
  return builder.op(
    'MatMulNBits',
    [
      inputs.x,
      writer.constant(`${base}_quantized`, Tensor.of('uint8', packed, shape)),
      writer.constant(`${base}_scale`, Tensor.of('float32', scales, [channels, blocks])),
      ...(zeroPoints || inputs.bias ? [zeroPoints && writer.constant(`${base}_zero_point`, zeroPoints)] : []),
      ...(inputs.bias ? [undefined, inputs.bias] : []),
    ],
    attributes,
    microsoft,
  );
}

/** The group of the scale of block `i` of all blocks. */
const groupOf = ({ groups }: GroupedWeight, i: number, blocks: number): number =>
  groups > 1 ? i : Math.floor(i / blocks);

/** The block size that takes the fewest bytes, padding and scales counted. */
function bestBlock(inputs: number, bits: number): number {
  const bytes = (block: number) => Math.ceil(inputs / block) * ((block * bits) / 8 + 4);
  return [256, 128, 64, 32, 16].reduce((best, block) => (bytes(block) < bytes(best) ? block : best));
}

/** What makes signed integers unsigned: MatMulNBits' zero point where it is given none. */
const offsetOf = (weight: GroupedWeight, bits: number): number =>
  weight.format.symmetric ? 2 ** (bits - 1) : 0;

/** Rows of integers, padded to whole blocks. */
function blocksOf(weight: GroupedWeight, block: number, bits: number): Uint8Array {
  const { channels, inputs, integers } = weight;
  const offset = offsetOf(weight, bits);
  const row = Math.ceil(inputs / block) * block;
  const padded = new Uint8Array(channels * row).fill(offset);
  for (let channel = 0; channel < channels; channel++)
    for (let i = 0; i < inputs; i++) padded[channel * row + i] = integers[channel * inputs + i]! + offset;
  return padded;
}

/** [channels, bytes]: those of a channel packed, the last byte filled up. */
function packedZeroPoints(weight: GroupedWeight, blocks: number, bits: 2 | 4 | 8): Tensor {
  const { channels, zeroPoints } = weight;
  const bytes = Math.ceil((blocks * bits) / 8);
  const rows = new Uint8Array(channels * bytes);
  for (let channel = 0; channel < channels; channel++) {
    const own = Uint8Array.from(
      { length: blocks },
      (_, b) => zeroPoints[groupOf(weight, channel * blocks + b, blocks)]!,
    );
    rows.set(packBits(own, bits), channel * bytes);
  }
  return Tensor.of('uint8', rows, [channels, bytes]);
}
