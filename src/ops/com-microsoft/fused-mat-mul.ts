import { float, type Node, type Shape, type Value } from '../../ir/index.ts';
import { bytesOf, costShape, countOf } from '../cost.ts';
import { requireRank, sharedDtype } from '../inputs.ts';
import { matMulShape } from '../matrix-product.ts';
import type { GradContext, Op } from '../op.ts';
import { staticShape } from '../static-shape.ts';
import { sumTo } from '../sum-to.ts';
import { microsoft } from './domain.ts';

/** alpha times a matrix product in which transA and transB exchange the last two axes, transBatchA and B the first. */
export const fusedMatMul: Op = {
  type: 'FusedMatMul',
  domain: microsoft,
  infer(node) {
    for (const index of [0, 1]) requireRank(node, index, 1, Infinity);
    return [
      { dtype: sharedDtype(node, 'float'), shape: matMulShape(node, operand(node, 'A'), operand(node, 'B')) },
    ];
  },
  cost(node) {
    costShape(node, node.input(0));
    const inner = operand(node, 'A')!.at(-1)!;
    return { macs: countOf(costShape(node, node.output())) * countOf([inner]), bytes: bytesOf(node) };
  },
  parameters: [0, 1],
  grad: fusedMatMulGrad,
};

/** Shape of A or B as it is multiplied. */
function operand(node: Node, name: 'A' | 'B'): Shape | undefined {
  const shape = node.input(name === 'A' ? 0 : 1).shape;
  if (!shape || shape.length < 2) return shape;
  // onnxruntime moves the first axis behind the other batch axes.
  const moved = node.int(`transBatch${name}`, 0)
    ? [...shape.slice(1, -1), shape[0]!, shape.at(-1)!]
    : [...shape];
  if (!node.int(`trans${name}`, 0)) return moved;
  return [...moved.slice(0, -2), moved.at(-1)!, moved.at(-2)!];
}

/** Throws ModelError for vectors and for exchanged batch axes. */
function fusedMatMulGrad({ node, g, dy, needs }: GradContext): (Value | undefined)[] {
  const [a, b] = [node.input(0), node.input(1)];
  const [shapeA, shapeB] = [staticShape(a), staticShape(b)];
  const [transA, transB] = [node.int('transA', 0), node.int('transB', 0)];
  const exchanged = node.int('transBatchA', 0) || node.int('transBatchB', 0);
  if (exchanged || shapeA.length < 2 || shapeB.length < 2)
    throw node.error('has a gradient for matrices without transBatchA and transBatchB only');
  const alpha = node.float('alpha', 1);
  const product = (left: Value, right: Value, flags: [number, number]): Value => {
    const attributes = { transA: flags[0], transB: flags[1], alpha: float(alpha) };
    return g.op('FusedMatMul', [left, right], attributes, microsoft);
  };
  const gradA = (): Value => (transA ? product(b, dy, [transB, 1]) : product(dy, b, [0, 1 - transB]));
  const gradB = (): Value => (transB ? product(dy, a, [1, transA]) : product(a, dy, [1 - transA, 0]));
  return [needs(0) ? sumTo(g, gradA(), shapeA) : undefined, needs(1) ? sumTo(g, gradB(), shapeB) : undefined];
}
