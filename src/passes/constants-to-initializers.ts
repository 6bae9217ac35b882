import type { Model } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/**
 * A copy of the model in which initializers hold what Constant nodes held, under the same names. Constants that are
 * outputs and those of subgraphs stay nodes. Throws ModelError for sparse ones.
 */
export function constantsToInitializers(model: Model): Model {
  const copy = model.clone();
  const { graph } = copy;
  for (const node of [...graph.nodes]) {
    const value = node.outputs[0];
    const tensor = value && constantOf(value);
    if (!tensor || graph.outputs.includes(value)) continue;
    graph.remove(node);
    value.producer = undefined;
    value.tensor = tensor;
    value.type = { dtype: tensor.dtype, shape: tensor.shape };
    graph.addInitializer(value);
  }
  return copy;
}
