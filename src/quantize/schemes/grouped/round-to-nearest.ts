import type { ChannelMatrix } from './channel-matrix.ts';
import { fitGroup, type GroupedWeight, groupedWeight, roundInto } from './grouped-weight.ts';
import type { IntegerFormat } from './integer-format.ts';

/** Every number to the nearest integer of its group, whose scale fits the group's range (RTN). */
export function roundToNearest(matrix: ChannelMatrix, format: IntegerFormat): GroupedWeight {
  const weight = groupedWeight(matrix, format);
  const { channels, inputs, values } = matrix;
  for (let channel = 0; channel < channels; channel++) {
    for (let g = 0; g < weight.groups; g++) fitGroup(weight, values, channel, g);
    for (let i = 0; i < inputs; i++) roundInto(weight, channel, i, values[channel * inputs + i]!);
  }
  return weight;
}
