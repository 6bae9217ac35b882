import type { Operand } from './operand.ts';
import { lastValue, rankOf, result } from './values.ts';
import type { Writer } from './writer.ts';

/** a @ b + bias of matrices, either of them transposed before. */
export function gemm(
  w: Writer,
  a: Operand,
  { b, bias, transA, transB }: { b: Operand; bias?: Operand | undefined; transA?: boolean; transB?: boolean },
): Operand {
  const inputs = [lastValue(w, a), lastValue(w, b), ...(bias ? [lastValue(w, bias)] : [])];
  const attributes = { transA: transA ? 1 : undefined, transB: transB ? 1 : undefined };
  return result('last', w.op('Gemm', inputs, { attributes }));
}

/** Matrix product over the last two axes, with broadcasting; `adjoint` inputs are transposed there before. */
export function matMul(
  w: Writer,
  inputs: readonly [Operand, Operand],
  { adjoint = [false, false] }: { adjoint?: readonly [boolean, boolean] } = {},
): Operand {
  const values = inputs.map((x, i) => {
    const value = lastValue(w, x);
    const rank = rankOf(x);
    if (!adjoint[i] || rank < 2) return value;
    const perm = Array.from({ length: rank }, (_, axis) => axis);
    perm.splice(rank - 2, 2, rank - 1, rank - 2);
    return w.op('Transpose', [value], { attributes: { perm } });
  });
  return result('last', w.op('MatMul', values));
}
