import type { Node } from '../../ir/index.ts';
import { product, Tensor } from '../../ir/index.ts';
import type { Kernel, SimulatedOp } from '../kernel.ts';
import { bytesOf } from '../quantization.ts';

/** Moves 8-bit integers between channels first and last, and otherwise. Of other types onnxruntime runs it. */
export const transpose: SimulatedOp = {
  type: 'Transpose',
  prepare: (node) => (isBytes(node) ? move(node) : undefined),
};

const isBytes = (node: Node): boolean => ['uint8', 'int8'].includes(node.input(0).dtype!);

function move(node: Node): Kernel {
  return ([x]) => {
    const { shape } = x!;
    const perm = node.ints('perm') ?? shape.map((_, i) => shape.length - 1 - i);
    const steps = shape.map((_, i) => product(shape.slice(i + 1)));
    const output = perm.map((axis) => shape[axis]!);
    let from = Int32Array.of(0);
    perm.forEach((axis, i) => {
      const next = new Int32Array(from.length * output[i]!);
      from.forEach((at, n) => {
        for (let k = 0; k < output[i]!; k++) next[n * output[i]! + k] = at + k * steps[axis]!;
      });
      from = next;
    });
    const data = bytesOf(x!);
    const out = data.slice();
    from.forEach((at, i) => {
      out[i] = data[at]!;
    });
    return Tensor.of(x!.dtype, out, output);
  };
}

/** Flatten of any type: a new shape. */
export const flatten: SimulatedOp = {
  type: 'Flatten',
  prepare(node) {
    return ([x]) => {
      const { shape, dtype, bytes } = x!;
      const axis = node.int('axis', 1);
      const at = axis < 0 ? axis + shape.length : axis;
      return new Tensor(dtype, [product(shape.slice(0, at)), product(shape.slice(at))], bytes);
    };
  },
};

/** Reshape of any type by a constant shape. */
export const reshape: SimulatedOp = {
  type: 'Reshape',
  prepare(node) {
    const wanted = node.inputs[1]?.tensor?.toNumbers();
    if (!wanted || node.int('allowzero', 0) === 1) return undefined;
    return ([x]) => {
      const { shape, dtype, bytes, size } = x!;
      const kept = wanted.map((dim, i) => (dim === 0 ? shape[i]! : dim));
      const known = product(kept.filter((dim) => dim >= 0));
      return new Tensor(
        dtype,
        kept.map((dim) => (dim < 0 ? size / known : dim)),
        bytes,
      );
    };
  },
};
