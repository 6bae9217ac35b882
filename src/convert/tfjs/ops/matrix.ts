import { float } from '../../../ir/index.ts';
import { gemm, matMul, type Operand, rankOf, result, valueIn } from '../../channels-last/index.ts';
import type { Call, OpTable } from '../graph-node.ts';
import { fused, requireChannelsLast } from './convolution.ts';

const batchNorm = (call: Call): Operand => {
  const { w, attributes } = call;
  requireChannelsLast(attributes.text('data_format', 'NHWC'));
  const statistics = [1, 2, 3, 4].map((i) => valueIn(w, call.input(i), 'last'));
  const inputs = [valueIn(w, call.input(0), 'first'), ...statistics];
  const epsilon = float(attributes.float('epsilon', 1e-4));
  return result('first', w.op('BatchNormalization', inputs, { attributes: { epsilon } }));
};

/** Matrix products and batch normalization. */
export const matrixOps: OpTable = {
  MatMul: (call) => product(call),
  _FusedMatMul: (call) => fused(call, product(call)),
  BatchMatMul: (call) => batchProduct(call),
  BatchMatMulV2: (call) => batchProduct(call),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
};

function product(call: Call): Operand {
  const [a, b] = call.pair();
  const { attributes } = call;
  const [transA, transB] = [attributes.bool('transpose_a'), attributes.bool('transpose_b')];
  const bias = attributes.texts('fused_ops').includes('BiasAdd') ? call.input(2) : undefined;
  const plain = rankOf(a) !== 2 || rankOf(b) !== 2 || !(bias || transA || transB);
  if (plain) return matMul(call.w, [a, b], { adjoint: [transA, transB] });
  return gemm(call.w, a, { b, bias, transA, transB });
}

const batchProduct = (call: Call): Operand =>
  matMul(call.w, call.pair(), { adjoint: [call.attributes.bool('adj_x'), call.attributes.bool('adj_y')] });
