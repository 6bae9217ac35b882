import type { Node } from '../ir/index.ts';
import type { Arithmetic, Operands } from './arithmetic.ts';
import { type Broadcast, broadcast } from './broadcast.ts';
import type { Kernel, SimulatedOp } from './kernel.ts';
import { bytesOf, emptyLike, isFixed, quantizationOf } from './quantization.ts';

/** An operator on two quantized tensors: a, scale, zero point; b, scale, zero point; output's scale, zero point. */
export function elementwise(type: string, rule: 'adder' | 'multiplier'): SimulatedOp {
  return {
    type,
    prepare(node, { arithmetic }) {
      if (![1, 2, 4, 5, 6, 7].every((index) => isFixed(node.inputs[index]))) return undefined;
      const operands = {
        a: quantizationOf(node, 1, 2),
        b: quantizationOf(node, 4, 5),
        output: quantizationOf(node, 6, 7),
      };
      return kernel(node, operands, arithmetic[rule]);
    },
  };
}

function kernel(node: Node, operands: Operands, rule: Arithmetic['adder']): Kernel {
  let last: { readonly key: string; readonly spread: Broadcast } | undefined;
  return (inputs) => {
    const [a, b] = [inputs[0]!, inputs[3]!];
    const key = `${a.shape}|${b.shape}`;
    if (last?.key !== key) last = { key, spread: broadcast(node, a.shape, b.shape) };
    const { spread } = last;
    const compute = rule({ ...operands, still: spread.still });
    const { tensor, data } = emptyLike(operands.output, spread.shape);
    const [x, y] = [bytesOf(a), bytesOf(b)];
    for (let i = 0; i < data.length; i++) data[i] = compute(x[spread.a[i]!]!, y[spread.b[i]!]!);
    return tensor;
  };
}
