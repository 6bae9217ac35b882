import type { Lab } from './lab.ts';
import type { DeviceMeasurement } from './measure-local.ts';

/** A network and the original, measured one right after the other, so that what slows the machine slows both. */
export interface Pair {
  readonly own: DeviceMeasurement;
  readonly original: DeviceMeasurement;
}

/** Measures a pair; `turn` counts them: every other time the original is first. */
export async function pairOn(
  lab: Lab,
  content: Uint8Array,
  { device, turn }: { readonly device: string; readonly turn: number },
): Promise<Pair> {
  const { source } = lab.setup;
  const [first, last] = turn % 2 === 0 ? [content, source] : [source, content];
  const measured = [await lab.measure(first, device), await lab.measure(last, device)];
  const [own, original] = turn % 2 === 0 ? measured : measured.reverse();
  return { own: own!, original: original! };
}

/** The network's latency as a share of the original's. */
export const shareOf = ({ own, original }: Pair): number => own.latency / original.latency;

/** The pair with the middle share: that the machine halts in one of three tells nothing. */
export const middlePair = (pairs: readonly Pair[]): Pair =>
  pairs.toSorted((a, b) => shareOf(a) - shareOf(b))[pairs.length >> 1]!;

/** Other work of a machine only ever adds. */
export const fastest = (measurements: readonly DeviceMeasurement[]): DeviceMeasurement =>
  measurements.reduce((best, one) => (one.latency < best.latency ? one : best));
