import type { DType, Node, Tensor, Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/** How integers stand for real numbers between a QuantizeLinear and a DequantizeLinear. */
export interface Encoding {
  readonly scale: Tensor;
  readonly zeroPoint: Tensor | undefined;
  readonly dtype: DType | undefined;
}

export const isQuantize = (node: Node | undefined): boolean => node?.opType === 'QuantizeLinear';
export const isDequantize = (node: Node | undefined): boolean => node?.opType === 'DequantizeLinear';

/** The encoding of a QuantizeLinear or DequantizeLinear; undefined if its scale is computed at run time. */
export function encodingOf(node: Node): Encoding | undefined {
  const scale = constantOf(node.inputs[1]);
  const zero = node.inputs[2];
  const zeroPoint = constantOf(zero);
  if (!scale || (zero && !zeroPoint)) return undefined;
  const integers = isDequantize(node) ? node.inputs[0] : node.outputs[0];
  return { scale, zeroPoint, dtype: zeroPoint?.dtype ?? integers?.dtype };
}

/** The DequantizeLinear behind an activation that a node reads; undefined if it reads a float or a constant. */
export function readPair(value: Value | undefined): Node | undefined {
  const node = value?.producer;
  return node && isDequantize(node) && !constantOf(node.inputs[0]) ? node : undefined;
}

/** The QuantizeLinear that takes what a node gives, if one does. */
export const writtenPair = (value: Value): Node | undefined =>
  value.uses.find((use) => use.index === 0 && isQuantize(use.node))?.node;

export const firstNumber = (tensor: Tensor | undefined): number => Number(tensor?.data[0] ?? 0);

/** True if both map the same integers to the same numbers. */
export const sameEncoding = (a: Encoding, b: Encoding): boolean =>
  a.dtype === b.dtype &&
  sameNumbers(a.scale, b.scale) &&
  firstNumber(a.zeroPoint) === firstNumber(b.zeroPoint);

const sameNumbers = (a: Tensor, b: Tensor): boolean =>
  a.size === b.size && a.toNumbers().every((x, i) => x === b.toNumbers()[i]);
