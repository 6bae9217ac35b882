import { type PruneOptions, prune as pruneModel } from '../../prune/index.ts';
import { checkOptions, dataOf, type Step } from '../step.ts';

/** What `prune` takes that JSON can hold. */
const pruneOptions = [
  ...['what', 'sparsity', 'macs', 'importance', 'scope', 'schedule', 'rounds', 'epochs', 'training'],
  ...['distill', 'roundTo', 'minChannels', 'keep', 'samples'],
];

/** Removes channels or sets weights to 0, and trains on what is left; options of `prune`. */
export const prune: Step = {
  name: 'prune',
  summary: 'remove the least important channels or weights',
  needsData: true,
  async run(model, options, context) {
    checkOptions('prune', options, pruneOptions);
    const { signal, onProgress } = context;
    return pruneModel(model, dataOf('prune', context), {
      ...(options as PruneOptions),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
  },
};
