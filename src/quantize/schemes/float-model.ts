import { ModelError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { constantsToInitializers, fuseBatchNormalization } from '../../passes/index.ts';

/** Operators of models that have integers in them. */
const integerOps: ReadonlySet<string> = new Set([
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'DynamicQuantizeLSTM'],
  ...['QLinearConv', 'QLinearMatMul', 'QGemm', 'ConvInteger', 'MatMulInteger', 'MatMulNBits'],
]);

/**
 * A copy of a float model with constants as initializers and batch normalization in its convolution.
 * Throws ModelError for a model that has integers already.
 */
export function floatModel(model: Model): Model {
  const node = model.graph.nodes.find(({ opType }) => integerOps.has(opType));
  if (node)
    throw new ModelError(
      `The model must be a float one, is already quantized: it has ${node.label}. Give the model that it was made from`,
      { op: node.opType, node: node.name },
    );
  return fuseBatchNormalization(constantsToInitializers(model));
}
