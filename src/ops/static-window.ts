import type { Node } from '../ir/index.ts';
import { extent, windowAxes } from './window.ts';

/** A window that slides over an input of known size: one entry an axis; `pads` are all begins, then all ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** The window of a convolution or pooling over `input`, auto_pad resolved. */
export function windowOf(
  node: Node,
  { kernel, input }: { kernel: readonly number[]; input: readonly number[] },
): Window {
  const axes = windowAxes(node, input, kernel);
  return {
    kernel,
    strides: axes.map((axis) => axis.stride),
    dilations: axes.map((axis) => axis.dilation),
    pads: [...axes.map((axis) => axis.padBegin ?? 0), ...axes.map((axis) => axis.padEnd ?? 0)],
  };
}

/** Padded input elements behind the last window, per axis; negative where ceil_mode lets that stick out. */
export function unreachedOf(
  { kernel, strides, dilations, pads }: Window,
  input: readonly number[],
  output: readonly number[],
): number[] {
  return input.map((size, i) => {
    const reach = (output[i]! - 1) * strides[i]! + extent(kernel[i]!, dilations[i]!);
    return size + pads[i]! + pads[i + input.length]! - reach;
  });
}
