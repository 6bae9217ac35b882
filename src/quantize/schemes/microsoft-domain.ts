import type { Model } from '../../ir/index.ts';
import { microsoft } from '../../ops/com-microsoft/domain.ts';

/** Declares onnxruntime's own operators in a model that has some. Changes and returns the model given. */
export function withMicrosoft(model: Model): Model {
  if (model.graph.nodes.some(({ domain }) => domain === microsoft)) model.opsets.set(microsoft, 1);
  return model;
}
