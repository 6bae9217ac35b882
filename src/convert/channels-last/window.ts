import type { AttributeInput, Shape } from '../../ir/index.ts';

/** How TensorFlow pads a window: as much as `ceil(size / stride)` outputs need, not at all, or by given numbers. */
export type Padding = 'SAME' | 'VALID' | readonly (readonly [begin: number, end: number])[];

/** A window over the spatial axes, one entry an axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: Padding;
}

type Attributes = Record<string, AttributeInput | undefined>;

/** The attributes of Conv and pooling. SAME becomes numbers where the spatial sizes are known, else auto_pad. */
export function windowAttributes(window: Window, spatial: Shape): Attributes {
  const { kernel, strides, dilations = kernel.map(() => 1), padding } = window;
  const plain: Attributes = {
    kernel_shape: kernel,
    strides,
    dilations: dilations.some((d) => d !== 1) ? dilations : undefined,
  };
  if (padding === 'VALID') return plain;
  if (padding !== 'SAME') return { ...plain, pads: flatPads(padding) };
  const pads = spatial.map((size, i) =>
    typeof size === 'number'
      ? samePads(size, { k: kernel[i]!, s: strides[i]!, d: dilations[i]! })
      : undefined,
  );
  const known = pads.filter((pair) => pair !== undefined);
  return known.length === pads.length
    ? { ...plain, pads: flatPads(known) }
    : { ...plain, auto_pad: 'SAME_UPPER' };
}

/** The odd element of the padding comes at the end. */
function samePads(size: number, { k, s, d }: { k: number; s: number; d: number }): [number, number] {
  const total = Math.max(0, (Math.ceil(size / s) - 1) * s + (k - 1) * d + 1 - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** All begins, then all ends; undefined if there is no padding. */
function flatPads(pairs: readonly (readonly [number, number])[]): number[] | undefined {
  const flat = [...pairs.map(([begin]) => begin), ...pairs.map(([, end]) => end)];
  return flat.some((pad) => pad !== 0) ? flat : undefined;
}

/**
 * The attributes of ConvTranspose: what a convolution with this window cuts its `output` to `input`.
 * Sizes that are not known are `input * stride` for SAME, and for VALID as large as the window reaches, that at least.
 */
export function transposedAttributes(
  window: Window,
  { input, output }: { input: Shape; output: Shape },
): Attributes {
  const { kernel, strides, dilations = kernel.map(() => 1) } = window;
  const surplus = kernel.map((k, i) => {
    const reach = (k - 1) * dilations[i]! + 1 - strides[i]!;
    const [from, to] = [input[i], output[i]];
    if (typeof from === 'number' && typeof to === 'number') return from * strides[i]! + reach - to;
    return window.padding === 'SAME' ? reach : Math.min(reach, 0);
  });
  const beyond = surplus.map((total) => Math.max(0, -total));
  const pads = surplus.map((total): [number, number] => {
    const all = Math.max(0, total);
    return [Math.floor(all / 2), Math.ceil(all / 2)];
  });
  return {
    kernel_shape: kernel,
    strides,
    dilations: dilations.some((d) => d !== 1) ? dilations : undefined,
    pads: flatPads(pads),
    output_padding: beyond.some((extra) => extra > 0) ? beyond : undefined,
  };
}
