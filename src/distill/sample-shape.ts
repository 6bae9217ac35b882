import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import { constantsToInitializers, fixShapes } from '../passes/index.ts';

/** A copy for a look at its shapes: for a batch of 2 samples of the data where the input leaves that open. */
export function withSampleShape(given: Model, { sampleShape }: Dataset): Model {
  const model = constantsToInitializers(given);
  const [input, ...more] = model.graph.feeds;
  const shape = input?.shape ?? [2, ...sampleShape];
  // `fit` says what is wrong with other inputs.
  if (!input || more.length > 0 || shape.length !== sampleShape.length + 1) return model;
  const sizes = shape.map((dim, axis) =>
    typeof dim === 'number' ? dim : axis === 0 ? 2 : sampleShape[axis - 1]!,
  );
  return fixShapes(model, { shapes: { [input.name]: sizes } });
}
