import type { Model } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';
import {
  constantsToInitializers,
  fuseBatchNormalization,
  fuseLayerNormalization,
  upgradeOpset,
} from '../passes/index.ts';
import { checkFloat } from './check-float.ts';
import { type PlanOptions, planQuantization, type QuantizationPlan } from './plan.ts';

/**
 * The float model that all steps of quantization work on: batch normalization joined with its convolution, layer
 * normalization as one operator, whose variances 8 bits cannot hold, constants as initializers, in operator set 13 or
 * newer, the first with a scale for each channel. Throws ModelError for a model that is quantized already, and for an
 * old operator that a newer set cannot express.
 */
export function prepare(model: Model): Model {
  checkFloat(model);
  const recent = model.opset < oldest ? upgradeOpset(model, oldest).model : model;
  return fuseLayerNormalization(fuseBatchNormalization(constantsToInitializers(recent)));
}

/** QuantizeLinear has an axis since this operator set. */
const oldest = 13;

/** The plan for a prepared model, on a copy with inferred types: look things up in it by name. */
export function planOf(float: Model, options: PlanOptions = {}): QuantizationPlan {
  const { graph } = float.clone();
  annotateTypes(graph);
  return planQuantization(graph, options);
}
