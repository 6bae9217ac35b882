import { type Dataset, selectSamples } from '../../data/index.ts';
import { ModelError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { permutation, random } from '../../random.ts';
import type { Samples } from './trial.ts';

/** Two halves of a split, without a sample in common, in random order. */
export interface Halves {
  /** To judge candidates by. */
  readonly search: Dataset;
  /** To report the result on. Both have their samples in the split of the same name. */
  readonly report: Dataset;
}

/** Parts a split by a seed; each half is named by what it is. */
export function halvesOf(dataset: Dataset, split: string, seed = 0): Halves {
  const samples = dataset.split(split);
  const order = permutation(dataset.size(split), random(seed));
  const middle = order.length >> 1;
  const half = (name: string, indices: Uint32Array): Dataset =>
    dataset.with({
      splits: { [split]: selectSamples(samples, indices, dataset) },
      name: `${dataset.name}[${name} half of ${split},seed=${seed}]`,
    });
  return {
    search: half('search', order.subarray(0, middle)),
    report: half('report', order.subarray(middle)),
  };
}

/**
 * All samples of a split for a model with one input; a fixed batch of the model leaves out those that do not fill one.
 * Throws ModelError for a model with another number of inputs.
 */
export function splitSamples(model: Model, dataset: Dataset, split: string): Samples {
  const [input, ...more] = model.graph.feeds;
  if (!input || more.length > 0)
    throw new ModelError(
      `To be judged on samples of ${dataset.name} the model must have one input, has ${model.graph.feeds.join(', ') || 'none'}`,
    );
  const fixed = input.shape?.[0];
  const batch = typeof fixed === 'number' ? { batchSize: fixed, dropLast: true } : { batchSize: 64 };
  const size = dataset.size(split);
  return {
    count: typeof fixed === 'number' ? size - (size % fixed) : size,
    async *batches() {
      for await (const { images, labels } of dataset.batches(split, batch))
        yield { feeds: { [input.name]: images }, ...(labels && { labels: labels.toNumbers() }) };
    },
  };
}
