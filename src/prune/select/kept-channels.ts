import type { Group } from '../groups/index.ts';

/**
 * The fewest channels of a group, at least `wanted`, whose number is a multiple of `roundTo`, counted as the weights have
 * them where a unit is several (a head, a block of a grouped convolution); all of them if there is no such number.
 */
export function keptChannels(group: Group, wanted: number, roundTo: number): number {
  const step = roundTo / greatestCommonDivisor(roundTo, unitWidth(group));
  return Math.min(group.channels, Math.ceil(wanted / step) * step);
}

/** How many indices of the weights that make it a unit has. */
function unitWidth({ parts }: Group): number {
  const maker = parts.find(({ role }) => role === 'output') ?? parts[0];
  return Math.max(1, maker?.indices(0).length ?? 1);
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
