import { float, type GraphBuilder, type Value } from '../ir/index.ts';
import type { GradContext } from './op.ts';
import { staticShape } from './static-shape.ts';
import { reshape, sumTo, transpose } from './sum-to.ts';

/** Gradients of y = alpha A' B' + beta C, where ' transposes as transA and transB say. */
export function gemmGrad({ node, g, dy, needs }: GradContext): (Value | undefined)[] {
  const [a, b] = [node.input(0), node.input(1)];
  const [transA, transB] = [node.int('transA', 0), node.int('transB', 0)];
  const alpha = node.float('alpha', 1);
  const gemm = (left: Value, right: Value, flags: { transA: number; transB: number }): Value =>
    g.op('Gemm', [left, right], { ...flags, ...(alpha !== 1 && { alpha: float(alpha) }) });
  const gradA = (): Value =>
    transA ? gemm(b, dy, { transA: transB, transB: 1 }) : gemm(dy, b, { transA: 0, transB: 1 - transB });
  const gradB = (): Value =>
    transB ? gemm(dy, a, { transA: 1, transB: transA }) : gemm(a, dy, { transA: 1 - transA, transB: 0 });
  const gradC = (): Value => {
    const beta = node.float('beta', 1);
    const scaled = beta === 1 ? dy : g.op('Mul', [dy, g.scalar(beta)]);
    return sumTo(g, scaled, staticShape(node.input(2)));
  };
  return [needs(0) ? gradA() : undefined, needs(1) ? gradB() : undefined, needs(2) ? gradC() : undefined];
}

/** Gradients of a batched matrix product; a vector counts as a row on the left and as a column on the right. */
export function matMulGrad({ node, g, dy, needs }: GradContext): (Value | undefined)[] {
  const [shapeA, shapeB] = [staticShape(node.input(0)), staticShape(node.input(1))];
  const [rowsA, columnsB] = [
    shapeA.length === 1 ? [1, ...shapeA] : shapeA,
    shapeB.length === 1 ? [...shapeB, 1] : shapeB,
  ];
  const a = reshape(g, node.input(0), rowsA);
  const b = reshape(g, node.input(1), columnsB);
  const batch = staticShape(dy).slice(
    0,
    staticShape(dy).length - (shapeA.length > 1 ? 1 : 0) - (shapeB.length > 1 ? 1 : 0),
  );
  const full = reshape(g, dy, [...batch, rowsA.at(-2)!, columnsB.at(-1)!]);
  const gradA = (): Value => sumTo(g, g.op('MatMul', [full, swapped(g, b)]), rowsA);
  const gradB = (): Value => sumTo(g, g.op('MatMul', [swapped(g, a), full]), columnsB);
  return [
    needs(0) ? reshape(g, gradA(), shapeA) : undefined,
    needs(1) ? reshape(g, gradB(), shapeB) : undefined,
  ];
}

/** The last two axes exchanged. */
function swapped(g: GraphBuilder, value: Value): Value {
  const axes = staticShape(value).map((_, i) => i);
  return transpose(g, value, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}
