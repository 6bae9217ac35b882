import { type GraphBuilder, Tensor, type Value } from '../../../ir/index.ts';
import { fromChannels } from '../grouped/channel-matrix.ts';
import type { GroupedWeight } from '../grouped/grouped-weight.ts';
import { dtypeOf, integerTensor } from '../grouped/pack.ts';

/** Where the numbers of a weight go: its shape, and the axis of its channels. */
export interface Layout {
  readonly shape: readonly number[];
  readonly axis: number;
}

/** Writes constants and nodes of one weight. */
export interface WeightWriter {
  readonly builder: GraphBuilder;
  /** A new constant with a name like `base`. */
  constant(base: string, tensor: Tensor): Value;
  readonly base: string;
}

/**
 * The float weight behind DequantizeLinear. With several groups a channel the shape must be a matrix, whose other axis
 * is in blocks (operator set 21).
 */
export function dequantizeLinear(
  writer: WeightWriter,
  weight: GroupedWeight,
  { shape, axis }: Layout,
): Value {
  const { groups, group, channels } = weight;
  const blocked = groups > 1;
  const grid = axis === 0 ? [channels, groups] : [groups, channels];
  const scaleShape = blocked ? grid : [channels];
  const attributes = blocked ? { axis: 1 - axis, block_size: group } : { axis };
  const { scale, zeroPoint } = parameters(writer, weight, { shape: scaleShape, axis: blocked ? axis : 0 });
  const integers = integerConstant(writer, weight, { shape, axis });
  return writer.builder.op(
    'DequantizeLinear',
    [integers, scale, ...(zeroPoint ? [zeroPoint] : [])],
    attributes,
  );
}

/** The float weight as (integers - zero points) * scales, by operators on constants alone. One group a channel. */
export function folded(writer: WeightWriter, weight: GroupedWeight, { shape, axis }: Layout): Value {
  const { builder } = writer;
  const along = shape.map((_, i) => (i === axis ? weight.channels : 1));
  const real = builder.op('Cast', [integerConstant(writer, weight, { shape, axis })], { to: float32 });
  const { scale, zeroPoint } = parameters(writer, weight, { shape: along, axis });
  const centred = zeroPoint
    ? builder.op('Sub', [real, builder.op('Cast', [zeroPoint], { to: float32 })])
    : real;
  return builder.op('Mul', [centred, scale]);
}

/** Its ONNX code. */
const float32 = 1;

function integerConstant(writer: WeightWriter, weight: GroupedWeight, { shape, axis }: Layout): Value {
  const integers = fromChannels(weight.integers, shape, axis);
  return writer.constant(`${writer.base}_quantized`, integerTensor(dtypeOf(weight.format), integers, shape));
}

function parameters(writer: WeightWriter, weight: GroupedWeight, { shape, axis }: Layout) {
  const { scales, zeroPoints, format } = weight;
  const scale = writer.constant(
    `${writer.base}_scale`,
    Tensor.of('float32', fromChannels(scales, shape, axis), shape),
  );
  if (format.symmetric) return { scale };
  const tensor = integerTensor(dtypeOf(format), fromChannels(zeroPoints, shape, axis), shape);
  return { scale, zeroPoint: writer.constant(`${writer.base}_zero_point`, tensor) };
}
