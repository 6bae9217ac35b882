import { type Node, product } from '../../ir/index.ts';
import type { Arithmetic } from '../arithmetic.ts';
import type { Kernel, SimulatedOp } from '../kernel.ts';
import { type Bytes, bytesOf, emptyLike, isFixed, quantizationOf } from '../quantization.ts';

/** com.microsoft: output's scale, zero point, then x, scale, zero point of each part, brought to the output's scale. */
export const qLinearConcat: SimulatedOp = {
  type: 'QLinearConcat',
  prepare(node, { arithmetic }) {
    const parts = node.inputs.slice(2).flatMap((_, i) => (i % 3 === 0 ? [i + 2] : []));
    const constants = [0, 1, ...parts.flatMap((at) => [at + 1, at + 2])];
    if (!constants.every((index) => isFixed(node.inputs[index]))) return undefined;
    return concat(node, parts, arithmetic);
  },
};

function concat(node: Node, parts: readonly number[], arithmetic: Arithmetic): Kernel {
  const output = quantizationOf(node, 0, 1);
  const tables = parts.map((at) => {
    const input = quantizationOf(node, at + 1, at + 2);
    const rescale = arithmetic.rescaler(input, output);
    return Int16Array.from({ length: 256 }, (_, i) => rescale(input.min + i));
  });
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
