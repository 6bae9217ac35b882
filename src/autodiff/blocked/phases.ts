import type { Window } from '../../ops/static-window.ts';

/** What one phase (input positions of one remainder modulo the stride) of one axis gets from the output's gradient. */
export interface Phase {
  /** Input positions of the phase. */
  readonly size: number;
  /** The taps that meet it, in the order in which a convolution of stride 1 over the gradient applies them. */
  readonly taps: readonly number[];
  readonly padBegin: number;
  readonly padEnd: number;
}

/**
 * The phases of each axis; undefined if the window is dilated, the strides do not divide the input, or a phase does not
 * start inside of the gradient. Input position s u + a meets tap i at output position u + (a + pad - i) / s.
 */
export function phasesOf(
  { kernel, strides, dilations, pads }: Window,
  input: readonly number[],
  output: readonly number[],
): Phase[][] | undefined {
  if (dilations.some((dilation) => dilation !== 1)) return undefined;
  if (input.some((size, axis) => size % strides[axis]! !== 0)) return undefined;
  const axes = input.map((size, axis) =>
    Array.from({ length: strides[axis]! }, (_, a): Phase => {
      const [stride, offset] = [strides[axis]!, a + pads[axis]!];
      const first = offset % stride;
      const count = Math.max(0, Math.ceil((kernel[axis]! - first) / stride));
      const taps = Array.from({ length: count }, (_, q) => first + stride * (count - 1 - q));
      const base = (offset - first) / stride;
      const padEnd = size / stride + base - output[axis]!;
      return { size: size / stride, taps, padBegin: count - 1 - base, padEnd };
    }),
  );
  const outside = ({ taps, padBegin, padEnd }: Phase): boolean =>
    taps.length > 0 && (padBegin < 0 || padEnd < 0);
  return axes.flat().some(outside) ? undefined : axes;
}
