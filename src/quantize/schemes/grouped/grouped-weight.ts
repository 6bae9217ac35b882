import { type IntegerRange, roundHalfEven } from '../../scale.ts';
import type { ChannelMatrix } from './channel-matrix.ts';
import { affineFor, type IntegerFormat, integersOf } from './integer-format.ts';

/** A weight in integers, a row of inputs for each channel, with a scale for each group of inputs of a channel. */
export interface GroupedWeight {
  readonly format: IntegerFormat;
  readonly range: IntegerRange;
  readonly channels: number;
  readonly inputs: number;
  /** Inputs that share a scale; the last group of a channel may be smaller. */
  readonly group: number;
  /** Groups of a channel. */
  readonly groups: number;
  /** [channels, inputs] */
  readonly integers: Int16Array;
  /** [channels, groups], float32. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** [channels, groups]; all 0 if the format is symmetric. */
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
}

/** An empty one for a matrix. */
export function groupedWeight({ channels, inputs }: ChannelMatrix, format: IntegerFormat): GroupedWeight {
  const group = Math.min(format.group ?? inputs, Math.max(inputs, 1));
  const groups = Math.ceil(inputs / group);
  return {
    format,
    range: integersOf(format),
    ...{ channels, inputs, group, groups },
    integers: new Int16Array(channels * inputs),
    scales: new Float32Array(channels * groups),
    zeroPoints: new Uint8Array(channels * groups),
  };
}

/** Sets scale and zero point of group `g` of a channel from the range of its numbers in `rows` [channels, inputs]. */
export function fitGroup(
  weight: GroupedWeight,
  rows: Float32Array | Float64Array,
  channel: number,
  g: number,
): void {
  const { inputs, group, groups, format } = weight;
  let [min, max] = [0, 0];
  for (let i = g * group; i < Math.min((g + 1) * group, inputs); i++) {
    const x = rows[channel * inputs + i]!;
    if (x < min) min = x;
    else if (x > max) max = x;
  }
  const { scale, zeroPoint } = affineFor(min, max, format);
  weight.scales[channel * groups + g] = scale;
  weight.zeroPoints[channel * groups + g] = zeroPoint;
}

/** Rounds one number to the integers of its group, stores that, and returns the number that it stands for. */
export function roundInto(weight: GroupedWeight, channel: number, input: number, x: number): number {
  const at = channel * weight.groups + Math.floor(input / weight.group);
  const { min, max } = weight.range;
  const [scale, zeroPoint] = [weight.scales[at]!, weight.zeroPoints[at]!];
  const integer = Math.min(Math.max(roundHalfEven(x / scale) + zeroPoint, min), max);
  weight.integers[channel * weight.inputs + input] = integer;
  return (integer - zeroPoint) * scale;
}

/** The float32 numbers [channels, inputs] that the integers stand for. */
export function dequantizeGrouped(weight: GroupedWeight): Float32Array<ArrayBuffer> {
  const { inputs, group, groups, integers, scales, zeroPoints } = weight;
  return Float32Array.from(integers, (integer, i) => {
    const at = Math.floor(i / inputs) * groups + Math.floor((i % inputs) / group);
    return (integer - zeroPoints[at]!) * scales[at]!;
  });
}
