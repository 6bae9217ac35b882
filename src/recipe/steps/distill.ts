import type { Dataset } from '../../data/index.ts';
import {
  type DistillOptions,
  distill as distillModel,
  memoryCache,
  type ScoresCache,
} from '../../distill/index.ts';
import { type Model, product } from '../../ir/index.ts';
import { isRegression } from '../../train/index.ts';
import { architecture } from '../../zoo/index.ts';
import { checkOptions, dataOf, modelOf, type Step, type StepOptions } from '../step.ts';
import { fitOptions, headed, headOptions } from './train.ts';

/** Options that say where the student is from. */
const startOptions = ['architecture', 'width', ...headOptions];

/** What `distill` takes that JSON can hold; `cache` is whether the teacher's scores are computed once. */
const distillOptions = [
  ...fitOptions.filter((name) => name !== 'loss' && name !== 'target'),
  ...['hardLoss', 'temperature', 'alpha', 'losses', 'features', 'cache'],
];

/**
 * Trains the model to do what its teacher does; options of `distill`, and as for the step `train` `classes`,
 * `fromScratch` and `foldBatchNorm`. With `architecture` (and `width`) the student is a fresh one of these, and the model is its teacher.
 */
export const distill: Step = distillWith();

/** The step with the place where `cache` keeps the scores, which changes nothing of the result; default: memory. */
export function distillWith(scores?: ScoresCache): Step {
  return {
    name: 'distill',
    summary: 'train the model to do what a teacher does',
    needsData: true,
    roles: ['teacher'],
    async run(model, options, context) {
      checkOptions('distill', options, [...distillOptions, ...startOptions]);
      const { architecture: _, width, classes, foldBatchNorm, fromScratch, cache, ...rest } = options;
      const data = dataOf('distill', context);
      const { signal, onProgress } = context;
      return distillModel(modelOf('distill', 'teacher', context), studentOf(model, options, data), data, {
        ...(rest as DistillOptions),
        ...(cache === true && { cache: scores ?? memoryCache() }),
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      });
    },
  };
}

function studentOf(model: Model, options: StepOptions, data: Dataset): Model {
  const { architecture: name, width, classes, seed, ...rest } = options;
  if (name === undefined) return headed(model, options);
  const outputs = isRegression(data) ? product(data.targetShape) : data.classNames.length;
  const fresh = architecture(String(name), {
    sample: data.sampleShape,
    classes: Number(classes ?? outputs),
    seed: Number(seed ?? 0),
    ...(width !== undefined && { width: Number(width) }),
  });
  return headed(fresh, rest);
}
