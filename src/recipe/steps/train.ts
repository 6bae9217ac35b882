import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { fuseBatchNormalization } from '../../passes/index.ts';
import { type FitOptions, fit, freshWeights, replaceHead } from '../../train/index.ts';
import { checkOptions, dataOf, type Step, type StepOptions } from '../step.ts';

/** What `fit` takes that JSON can hold. */
export const fitOptions: readonly string[] = [
  ...['epochs', 'batchSize', 'optimizer', 'learningRate', 'weightDecay', 'schedule', 'warmUp', 'clipNorm'],
  ...['loss', 'labelSmoothing', 'classWeights', 'target', 'freeze', 'freezeBatchNorm', 'augment'],
  ...['validation', 'patience', 'seed', 'limit'],
];

/** Trains a model on; options of `fit`, and before it `classes` (a new head), `fromScratch` and `foldBatchNorm`. */
export const train: Step = {
  name: 'train',
  summary: 'train the model on',
  needsData: true,
  async run(model, options, context) {
    checkOptions('train', options, [...fitOptions, ...headOptions, 'architecture', 'width']);
    if (options.architecture !== undefined)
      throw new UsageError(
        `The step 'train' of a recipe trains a model on, this one makes ${options.architecture} anew: begin the recipe with its result`,
      );
    const { classes, foldBatchNorm, fromScratch, ...rest } = options;
    const { signal, onProgress } = context;
    const { model: trained, report } = await fit(headed(model, options), dataOf('train', context), {
      ...(rest as FitOptions),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
    return { model: trained, report };
  },
};

/** What `headed` does before a training. */
export const headOptions: readonly string[] = ['classes', 'foldBatchNorm', 'fromScratch'];

/** The model with the head, with fresh weights and without the normalizations, as was asked for. */
export function headed(model: Model, options: StepOptions): Model {
  const { classes, foldBatchNorm, fromScratch } = options;
  const seed = Number(options.seed ?? 0);
  const start = typeof classes === 'number' ? replaceHead(model, classes, { seed }) : model;
  const fresh = fromScratch === true ? freshWeights(start, { seed }) : start;
  return foldBatchNorm === true ? fuseBatchNormalization(fresh) : fresh;
}
