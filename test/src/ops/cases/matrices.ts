import { float } from '../../../../src/ir/index.ts';
import type { OpCase } from '../../../support/one-node.ts';

const gemm = (a: number[], b: number[], attributes = {}, c?: number[]): OpCase => ({
  op: 'Gemm',
  inputs: c ? [a, b, c] : [a, b],
  attributes,
});
const matMul = (a: number[], b: number[]): OpCase => ({ op: 'MatMul', inputs: [a, b] });

export const matrixCases: OpCase[] = [
  gemm([2, 3], [3, 4]),
  gemm([3, 2], [3, 4], { transA: 1 }, [4]),
  gemm([2, 3], [4, 3], { transB: 1, alpha: float(0.5) }, [2, 4]),
  gemm([3, 2], [4, 3], { transA: 1, transB: 1, beta: float(2) }, [2, 1]),
  gemm([2, 3], [3, 4], {}, []),
  gemm([1, 3], [3, 4], {}, [1, 1]),
  matMul([2, 3], [3, 4]),
  matMul([5, 2, 3], [5, 3, 4]),
  matMul([6, 1, 2, 3], [5, 3, 4]),
  matMul([2, 3], [5, 3, 4]),
  matMul([3], [3]),
  matMul([3], [3, 4]),
  matMul([2, 3], [3]),
  matMul([5, 2, 3], [3]),
  matMul([3], [5, 3, 4]),
];
