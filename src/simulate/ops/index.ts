import type { SimulatedOp } from '../kernel.ts';
import { flatten, reshape, transpose } from './layout.ts';
import { qLinearLeakyRelu, qLinearSigmoid } from './lookup.ts';
import { dynamicQuantizeMatMul, matMulIntegerToFloat } from './mat-mul-integer-to-float.ts';
import { maxPool, nhwcMaxPool } from './max-pool.ts';
import { qGemm } from './q-gemm.ts';
import { qLinearAdd } from './q-linear-add.ts';
import { qLinearAveragePool } from './q-linear-average-pool.ts';
import { qLinearConcat } from './q-linear-concat.ts';
import { qLinearConv } from './q-linear-conv.ts';
import { qLinearGlobalAveragePool } from './q-linear-global-average-pool.ts';
import { qLinearMatMul } from './q-linear-mat-mul.ts';
import { qLinearMul } from './q-linear-mul.ts';
import { qLinearSoftmax } from './q-linear-softmax.ts';
import { dequantizeLinear, quantizeLinear } from './quantize-linear.ts';

/** Operators that the simulator computes itself. */
export const simulatedOps: readonly SimulatedOp[] = [
  qLinearConv,
  qLinearMatMul,
  qGemm,
  matMulIntegerToFloat,
  dynamicQuantizeMatMul,
  qLinearAdd,
  qLinearMul,
  qLinearConcat,
  qLinearAveragePool,
  qLinearGlobalAveragePool,
  qLinearSoftmax,
  qLinearSigmoid,
  qLinearLeakyRelu,
  quantizeLinear,
  dequantizeLinear,
  maxPool,
  nhwcMaxPool,
  transpose,
  flatten,
  reshape,
];
