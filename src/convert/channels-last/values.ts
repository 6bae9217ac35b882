import { ModelError } from '../../errors.ts';
import { Tensor, type Value } from '../../ir/index.ts';
import { inOrder, toFirst, toLast } from './axes.ts';
import { type Layout, Operand, type Quantization } from './operand.ts';
import { permute, reshaped } from './permute.ts';
import type { Writer } from './writer.ts';

/** What an operator gives, in the layout it was computed in. */
export const result = (layout: Layout, value: Value, sizes?: readonly (number | null)[]): Operand =>
  new Operand({ name: value.name, forms: { [layout]: value }, sizes });

/** The ONNX value that holds an operand in a layout; writes a Transpose if only the other one is there. */
export function valueIn(w: Writer, x: Operand, layout: Layout): Value {
  const wanted = rankOf(x) < 3 ? 'last' : layout;
  x.forms[wanted] ??= x.constant ? constantValue(w, x, constantOrder(x, wanted)) : transposed(w, x, wanted);
  return x.forms[wanted];
}

/** The value with the axes of the source. */
export function lastValue(w: Writer, x: Operand): Value {
  return x.forms.last ?? valueIn(w, x, 'last');
}

/** Throws ModelError if it is not known. */
export function rankOf(x: Operand): number {
  if (x.rank !== undefined) return x.rank;
  throw new ModelError(`The rank of '${x.name}' must be known to convert its layout, is not`, {
    value: x.name,
  });
}

const constantOrder = (x: Operand, layout: Layout): { order: number[] } => {
  const axes = x.constant!.shape.map((_, axis) => axis);
  return { order: inOrder(axes, layout) };
};

/**
 * A constant with its axes in another order, then under another shape. A quantized one keeps its integers, behind a
 * DequantizeLinear; `shape` must then keep the place of the quantized axis.
 */
export function constantValue(
  w: Writer,
  x: Operand,
  { order, shape }: { order: readonly number[]; shape?: readonly number[] },
): Value {
  const tensor = permute(x.constant!, order);
  const value = w.initializer(x.name, shape ? reshaped(tensor, shape) : tensor);
  if (!x.quantization) return value;
  const axis = order.indexOf(x.quantization.axis);
  return dequantize(w, value, { ...x.quantization, axis: Math.max(axis, 0) });
}

/** Integers to float32. int32 must have zero points of 0, which then are left out. */
export function dequantize(w: Writer, value: Value, quantization: Quantization): Value {
  return w.op('DequantizeLinear', [value, ...parameters(w, quantization)], {
    attributes: { axis: quantization.scales.length > 1 ? quantization.axis : undefined },
  });
}

/** Float32 to integers, rounded half to even and saturated. */
export function quantize(w: Writer, value: Value, quantization: Quantization): Value {
  return w.op('QuantizeLinear', [value, ...parameters(w, quantization)], {
    attributes: { axis: quantization.scales.length > 1 ? quantization.axis : undefined },
  });
}

/** Float32 with the precision that the integers have. */
export const throughIntegers = (w: Writer, value: Value, quantization: Quantization): Value =>
  dequantize(w, quantize(w, value, quantization), quantization);

function parameters(w: Writer, { dtype, scales, zeroPoints }: Quantization): Value[] {
  const shape = scales.length > 1 ? [scales.length] : [];
  const scale = w.g.constant('float32', scales, shape);
  return dtype === 'int32' ? [scale] : [scale, w.g.constant(dtype, zeroPoints, shape)];
}

function transposed(w: Writer, x: Operand, layout: Layout): Value {
  const from = x.forms.last ?? x.forms.first!;
  const rank = from.shape!.length;
  const perm = layout === 'first' ? toFirst(rank) : toLast(rank);
  const value = w.op('Transpose', [from], { attributes: { perm } });
  return x.quantization ? throughIntegers(w, value, x.quantization) : value;
}

/** The numbers of a constant; throws ModelError if it is not one. */
export function constantOf(x: Operand, what: string): Tensor {
  if (x.constant) return x.constant;
  throw new ModelError(`${what} must be a constant, is '${x.name}', which is computed`, { value: x.name });
}

/** The elements of a small integer vector that is known when the model is read. Throws ModelError if it is not. */
export function integersOf(x: Operand, what: string): number[] {
  const { sizes } = x;
  if (sizes?.every((size) => size !== null)) return sizes as number[];
  throw new ModelError(`${what} must be known when the model is read, '${x.name}' is computed`, {
    value: x.name,
  });
}

/** A constant of this library's own making. */
export const madeConstant = (w: Writer, tensor: Tensor): Operand =>
  new Operand({ name: w.g.uniqueName('const'), constant: tensor });

/** A small integer vector, or a scalar if `shape` is []. */
export const integerConstant = (w: Writer, numbers: readonly number[], shape = [numbers.length]): Operand =>
  madeConstant(w, Tensor.of('int32', numbers, shape));
