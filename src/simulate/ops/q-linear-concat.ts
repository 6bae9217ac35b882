import { type Node, product } from '../../ir/index.ts';
import type { Kernel, SimulatedOp } from '../kernel.ts';
import {
  type Bytes,
  bytesOf,
  emptyLike,
  isFixed,
  type Quantization,
  quantizationOf,
} from '../quantization.ts';
import { clamp, halfToEven } from '../rounding.ts';

/** com.microsoft: output's scale, zero point, then x, scale, zero point of each part, brought to the output's scale. */
export const qLinearConcat: SimulatedOp = {
  type: 'QLinearConcat',
  prepare(node) {
    const parts = node.inputs.slice(2).flatMap((_, i) => (i % 3 === 0 ? [i + 2] : []));
    const constants = [0, 1, ...parts.flatMap((at) => [at + 1, at + 2])];
    if (!constants.every((index) => isFixed(node.inputs[index]))) return undefined;
    return concat(node, parts);
  },
};

function concat(node: Node, parts: readonly number[]): Kernel {
  const output = quantizationOf(node, 0, 1);
  const tables = parts.map((at) => changeOfScale(quantizationOf(node, at + 1, at + 2), output));
  return (inputs) => {
    const tensors = parts.map((at) => inputs[at]!);
    const rank = tensors[0]!.shape.length;
    const axis = (node.int('axis', 0) + rank) % rank;
    const shape = tensors[0]!.shape.slice();
    shape[axis] = tensors.reduce((sum, tensor) => sum + tensor.shape[axis]!, 0);
    const { tensor, data } = emptyLike(output, shape);
    const outer = product(shape.slice(0, axis));
    let from = 0;
    tensors.forEach((part, i) => {
      place(
        bytesOf(part),
        { table: tables[i]!, outer, from, step: data.length / outer, min: output.min },
        data,
      );
      from += part.size / outer;
    });
    return tensor;
  };
}

/** For each 8-bit integer, from the lowest on, the one that stands for the same number at another scale. */
export function changeOfScale(input: Quantization, output: Quantization): Int16Array {
  const same = input.scale === output.scale && input.zeroPoint === output.zeroPoint;
  const [low, high] = [output.min - output.zeroPoint, output.max - output.zeroPoint];
  return Int16Array.from({ length: 256 }, (_, i) => {
    const q = input.min + i;
    if (same) return q;
    const real = Math.fround(input.scale * (q - input.zeroPoint));
    return halfToEven(clamp(Math.fround(real / output.scale), low, high)) + output.zeroPoint;
  });
}

interface Place {
  readonly table: Int16Array;
  readonly outer: number;
  readonly from: number;
  readonly step: number;
  readonly min: number;
}

function place(part: Bytes, { table, outer, from, step, min }: Place, out: Bytes): void {
  const inner = part.length / outer;
  for (let n = 0; n < outer; n++)
    for (let i = 0; i < inner; i++) out[n * step + from + i] = table[part[n * inner + i]! - min]!;
}
