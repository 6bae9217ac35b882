import type { Model } from '../../ir/index.ts';
import { constantsToInitializers, fuseBatchNormalization } from '../../passes/index.ts';
import { checkFloat } from '../check-float.ts';

/**
 * A copy of a float model with constants as initializers and batch normalization in its convolution.
 * Throws ModelError for a model that has integers already.
 */
export function floatModel(model: Model): Model {
  checkFloat(model);
  return fuseBatchNormalization(constantsToInitializers(model));
}
