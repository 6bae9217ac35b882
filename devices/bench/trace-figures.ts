import type { Busy, PowerReading } from '../power/index.ts';
import type { Facts } from '../probe/index.ts';

/** Mean watts of two readings or more, each weighed by the time since the one before. */
export function meanPower(readings: readonly PowerReading[]): number | undefined {
  const [first, ...others] = readings;
  if (!first || others.length === 0) return undefined;
  const weights = others.map(({ at }, i) => at - readings[i]!.at);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return undefined;
  return others.reduce((sum, { watts }, i) => sum + watts * weights[i]!, 0) / total;
}

/** Mean percent of the GPU's time; undefined where no reading tells it. */
export function meanUse(readings: readonly PowerReading[]): number | undefined {
  const uses = readings.flatMap(({ gpu }) => (gpu === undefined ? [] : [gpu]));
  return uses.length > 0 ? uses.reduce((sum, use) => sum + use, 0) / uses.length : undefined;
}

/** Percent of the time of the NPU that works most; undefined where none tells it, or not twice. */
export function npuUse(busy: readonly Busy[]): number | undefined {
  const [first, last] = [busy[0], busy.at(-1)];
  if (!first || !last || last.at <= first.at) return undefined;
  const worked = last.seconds.map((seconds, i) => seconds - (first.seconds[i] ?? seconds));
  return (100 * Math.max(...worked)) / (last.at - first.at);
}

/** Degrees Celsius of the hottest zone. */
export const hottest = ({ zones }: Facts): number | undefined =>
  zones.length > 0 ? Math.max(...zones.map(({ celsius }) => celsius)) : undefined;
