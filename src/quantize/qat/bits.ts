import type { Encodings } from '../encodings.ts';
import type { IntegerRange } from '../scale.ts';

/** Bits that hold so many integers. */
export const bitsOf = ({ min, max }: IntegerRange): number => Math.ceil(Math.log2(max - min + 1));

/** The fewest bits of any weight or activation. */
export function fewestBits({ activations, weights }: Encodings): number {
  const all = [...activations.values(), ...weights.values()].map(({ integers }) => bitsOf(integers));
  return Math.min(...all);
}

/** `W4A8`, or `W2-8A8` where layers differ. */
export function bitsLabel({ activations, weights }: Encodings): string {
  const label = (encodings: Iterable<{ readonly integers: IntegerRange }>): string => {
    const bits = [...new Set(Array.from(encodings, ({ integers }) => bitsOf(integers)))].toSorted(
      (a, b) => a - b,
    );
    return bits.length > 1 ? `${bits[0]}-${bits.at(-1)}` : `${bits[0]}`;
  };
  return `W${label(weights.values())}A${label(activations.values())}`;
}
