import { ModelError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';
import { constantsToInitializers, fuseBatchNormalization, fuseLayerNormalization } from '../passes/index.ts';
import { type PlanOptions, planQuantization, type QuantizationPlan } from './plan.ts';

/**
 * The float model that all steps of quantization work on: batch normalization joined with its convolution, layer
 * normalization as one operator, whose variances 8 bits cannot hold, constants as initializers. Throws ModelError for a model that is quantized already.
 */
export function prepare(model: Model): Model {
  const node = model.graph.nodes.find(({ opType }) => integerOps.has(opType));
  if (!node) return fuseLayerNormalization(fuseBatchNormalization(constantsToInitializers(model)));
  throw new ModelError(
    `The model must be a float one, is already quantized: it has ${node.label}. Quantize the model that it was made from`,
    { op: node.opType, node: node.name },
  );
}

/** The plan for a prepared model, on a copy with inferred types: look things up in it by name. */
export function planOf(float: Model, options: PlanOptions = {}): QuantizationPlan {
  const { graph } = float.clone();
  annotateTypes(graph);
  return planQuantization(graph, options);
}

/** Operators of models that have integers in them. */
const integerOps: ReadonlySet<string> = new Set([
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear'],
  ...['QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger'],
]);
