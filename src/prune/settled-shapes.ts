import type { Model } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { optimizeGraph } from '../passes/index.ts';

/**
 * A copy whose Reshapes have constant targets wherever sizes can be told: one that computes its target at run time, as
 * `x.view(x.size(0), -1)` is exported, cannot lose channels, and work behind it
 * is not counted. The model itself if there is none.
 */
export async function settledShapes(model: Model): Promise<Model> {
  const isComputed = model.graph.nodes.some(
    ({ opType, inputs: [, target] }) => opType === 'Reshape' && target && !constantOf(target),
  );
  if (!isComputed) return model;
  const settled = await optimizeGraph(model, { passes: ['simplify-shapes', 'remove-unused'] });
  return settled.model;
}
