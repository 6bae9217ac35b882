import type { Node } from '../../ir/index.ts';
import { dequantized, gatherBlockQuantized, matMulNBits } from './dequantized.ts';
import { dynamicLstm, qLinear } from './integer-operators.ts';
import { scaledLater } from './scaled-later.ts';
import type { StoredWeight } from './stored-weight.ts';

/** By operator: the weights that a node keeps in integers. */
export const storedReaders: Readonly<Record<string, (node: Node) => StoredWeight[]>> = {
  DequantizeLinear: dequantized,
  MatMulNBits: matMulNBits,
  GatherBlockQuantized: gatherBlockQuantized,
  QLinearConv: qLinear(() => 0, 8),
  QLinearMatMul: qLinear(() => -1),
  QGemm: qLinear((node) => (node.int('transB', 0) ? 0 : 1), 6),
  ConvInteger: scaledLater(1, 0),
  MatMulInteger: scaledLater(1),
  Gather: scaledLater(0),
  Cast: scaledLater(0),
  DynamicQuantizeLSTM: dynamicLstm,
};
