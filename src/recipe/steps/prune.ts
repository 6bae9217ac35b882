import { UsageError } from '../../errors.ts';
import { type PruneOptions, prune as pruneModel } from '../../prune/index.ts';
import { checkOptions, dataOf, type Step, type StepOptions } from '../step.ts';
import { fitOptions } from './train.ts';

/** What `prune` takes that JSON can hold. */
const pruneOptions = [
  ...['what', 'sparsity', 'macs', 'importance', 'scope', 'schedule', 'rounds', 'roundTo', 'minChannels'],
  ...['permute', 'keep', 'samples', 'epochs', 'distill', 'training'],
];

/**
 * Prunes and trains on; options of `prune`. `latency` tells what time a `sparsity` was found for: a replay does not measure,
 * so that it makes the same on a slower machine.
 */
export const prune: Step = {
  name: 'prune',
  summary: 'take away what matters least and train on',
  needsData: true,
  async run(model, options, context) {
    checkOptions('prune', options, [...pruneOptions, 'latency', 'interrupted']);
    checkRepeatable(options);
    const { latency: _, ...rest } = options;
    const { signal, onProgress } = context;
    return pruneModel(model, dataOf('prune', context), {
      ...(rest as PruneOptions),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
  },
};

function checkRepeatable({ interrupted, latency, sparsity, training }: StepOptions): void {
  if (interrupted)
    throw new UsageError(
      "This step 'prune' was interrupted: it cannot be repeated. Prune to the end, and write the recipe of that",
    );
  if (latency !== undefined && sparsity === undefined)
    throw new UsageError(
      "The step 'prune' of a recipe does not measure: with 'latency' it needs the 'sparsity' that was found for it",
    );
  if (training === undefined) return;
  if (typeof training !== 'object' || training === null || Array.isArray(training))
    throw new UsageError("'training' of the step 'prune' must be an object with options of a training");
  checkOptions('prune, training', training as StepOptions, fitOptions);
}
