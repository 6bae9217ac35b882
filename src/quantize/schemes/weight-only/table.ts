import { Tensor, type Value } from '../../../ir/index.ts';
import { microsoft } from '../../../ops/com-microsoft/domain.ts';
import type { GroupedWeight } from '../grouped/grouped-weight.ts';
import { dtypeOf, integerTensor } from '../grouped/pack.ts';
import type { WeightWriter } from './dequantized.ts';

/**
 * Rows of a table in 8 bits with a scale each, picked as integers and then made float: what is picked is computed, no more.
 * Standard operators.
 */
export function gatherRows(writer: WeightWriter, weight: GroupedWeight, indices: Value): Value {
  const { builder, base } = writer;
  const { channels, inputs, integers, scales, zeroPoints, format } = weight;
  const dtype = dtypeOf(format);
  const pick = (name: string, tensor: Tensor) =>
    builder.op('Gather', [writer.constant(`${base}_${name}`, tensor), indices]);
  const toFloat = (value: Value) => builder.op('Cast', [value], { to: 1 });
  const real = toFloat(pick('quantized', integerTensor(dtype, integers, [channels, inputs])));
  const scale = pick('scale', Tensor.of('float32', scales, [channels, 1]));
  const centred = format.symmetric
    ? real
    : builder.op('Sub', [real, toFloat(pick('zero_point', integerTensor(dtype, zeroPoints, [channels, 1])))]);
  return builder.op('Mul', [centred, scale]);
}

/** The same by com.microsoft's GatherBlockQuantized, with a scale for each block of a row. */
export function gatherBlockQuantized(writer: WeightWriter, weight: GroupedWeight, indices: Value): Value {
  const { builder, base } = writer;
  const { channels, inputs, scales, group, groups, format } = weight;
  const bits = format.bits === 8 ? 8 : 4;
  // It takes 8 bits unsigned only.
  const offset = bits === 8 && format.symmetric ? 128 : 0;
  const dtype = bits === 8 ? 'uint8' : dtypeOf(format);
  const shifted = (numbers: Int16Array | Uint8Array) => Int16Array.from(numbers, (n) => n + offset);
  const data = writer.constant(
    `${base}_quantized`,
    integerTensor(dtype, shifted(weight.integers), [channels, inputs]),
  );
  const scale = writer.constant(`${base}_scale`, Tensor.of('float32', scales, [channels, groups]));
  const zeroPoints = integerTensor(dtype, shifted(weight.zeroPoints), [channels, groups]);
  const zeroPoint = writer.constant(`${base}_zero_point`, zeroPoints);
  const block = groups > 1 ? group : Math.max(16, 2 ** Math.ceil(Math.log2(inputs)));
  const attributes = { bits, block_size: block, gather_axis: 0, quantize_axis: 1 };
  return builder.op('GatherBlockQuantized', [data, indices, scale, zeroPoint], attributes, microsoft);
}
