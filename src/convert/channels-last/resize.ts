import type { AttributeInput } from '../../ir/index.ts';
import type { Operand } from './operand.ts';
import { result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

export interface Resize {
  readonly mode: 'linear' | 'nearest';
  /** Wanted height and width, or factors of them. */
  readonly sizes?: readonly number[];
  readonly scales?: readonly number[];
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}

/**
 * Resize of height and width with TensorFlow's three ways to place pixels. Nearest takes the pixel to the left
 * (`floor`), or with aligned corners or pixel centers the nearest, halves up.
 */
export function resize(w: Writer, x: Operand, options: Resize): Operand {
  const value = valueIn(w, x, 'first');
  const spatial = value.shape!.slice(2);
  const scales = options.scales ?? wholeFactors(spatial, options.sizes!);
  const sizes = options.sizes ?? spatial.map((s, i) => (typeof s === 'number' ? s * scales![i]! : null));
  const declared = { dtype: value.dtype, shape: [...value.shape!.slice(0, 2), ...sizes] };
  const attributes = resizeAttributes(options);
  if (scales && !options.alignCorners) {
    const all = w.g.constant('float32', [1, 1, ...scales]);
    return result('first', w.op('Resize', [value, undefined, all], { attributes, declared }));
  }
  const inputs = [value, undefined, undefined, w.int64s(options.sizes!)];
  const axes = spatial.map((_, i) => i + 2);
  return result('first', w.op('Resize', inputs, { attributes: { ...attributes, axes }, declared }));
}

function resizeAttributes({ mode, alignCorners, halfPixelCenters }: Resize): Record<string, AttributeInput> {
  const place = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
  const nearest = alignCorners || halfPixelCenters ? 'round_prefer_ceil' : 'floor';
  return {
    mode,
    coordinate_transformation_mode: place,
    ...(mode === 'nearest' && { nearest_mode: nearest }),
  };
}

/** Factors if all are whole: then no size is needed. */
function wholeFactors(spatial: readonly unknown[], sizes: readonly number[]): number[] | undefined {
  const factors = sizes.map((size, i) => size / Number(spatial[i]));
  return factors.every((factor) => Number.isInteger(factor) && factor > 0) ? factors : undefined;
}
