import { createHash } from 'node:crypto';
import type { Distillation } from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { formatShape, isStatic, type Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { FitOptions, FitSettings } from './fit-options.ts';
import { checkTargets } from './fit-target.ts';
import type { LossOptions } from './loss-task.ts';
import { describeMasks } from './masks.ts';

/** Everything that the result of a training depends on, as plain values by the name of the option. */
export function describeRun(
  { model, data }: { model: Model; data: Dataset },
  { options, settings }: { options: FitOptions; settings: FitSettings },
): Checkpoint['run'] {
  const { optimizer, schedule, loss, rate, target, teacher, distillation } = settings;
  const { epochs, batchSize, seed, limit, labelSmoothing, clipNorm, patience, augment } = settings;
  const { weightDecay, freeze, freezeBatchNorm, validation, classWeights } = options;
  const named = {
    model: hash(model),
    data: `${data.name}, ${data.size('train')} samples`,
    ...{ optimizer: optimizer.name, schedule: schedule.name, loss: loss.name, learningRate: rate, target },
    ...{ epochs, batchSize, seed, limit, labelSmoothing, clipNorm, patience, weightDecay, validation },
    teacher: teacher && hash(teacher),
    distillation: distillation && describeDistillation(distillation),
    freeze: freeze?.join(' '),
    classWeights: describeLoss({ classWeights }).classWeights,
    masks: describeMasks(options.masks),
    freezeBatchNorm: freezeBatchNorm ? 'yes' : undefined,
    learnScales: settings.learnScales ? 'yes' : undefined,
    ...Object.fromEntries(Object.entries(augment)),
  };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Checkpoint['run'];
}

/** What a loss depends on, as plain values by the name of the option; models by their hash. */
export const describeLoss = ({ loss, target, teacher, labelSmoothing, classWeights }: LossOptions) => ({
  ...{ target, labelSmoothing },
  loss: typeof loss === 'object' ? loss.name : loss,
  teacher: teacher && hash(teacher),
  classWeights: typeof classWeights === 'string' ? classWeights : classWeights?.join(' '),
});

const describeDistillation = ({ hard, terms }: Distillation): string =>
  [`${hard} known`, ...terms.map(({ weight, description }) => `${weight} ${description}`)].join(' + ');

const hash = (model: Model): string =>
  createHash('sha256').update(writeModel(model)).digest('hex').slice(0, 16);

/** Throws UsageError if model and data do not fit together, naming both shapes, or there is nothing to compare with. */
export function checkFit(model: Model, data: Dataset, settings: FitSettings): void {
  const input = model.graph.feeds[0];
  const sample = input?.shape?.slice(1);
  const fits =
    isStatic(sample) &&
    sample.length === data.sampleShape.length &&
    sample.every((d, i) => d === data.sampleShape[i]);
  if (!fits) {
    throw new UsageError(
      `Data set '${data.name}' does not fit the model: input '${input?.name}' takes samples of ${formatShape(sample)}, ` +
        `the data has ${formatShape(data.sampleShape)}. Choose another data set or change the model's input`,
    );
  }
  checkTargets(model, data, settings);
}

/** Steps of an epoch. Throws UsageError if there is not one, or all of the training would be a warm-up. */
export function stepsPerEpoch(data: Dataset, { limit, batchSize, epochs, warmUp }: FitSettings): number {
  const samples = Math.min(limit ?? Infinity, data.size('train'));
  const steps = Math.floor(samples / batchSize);
  if (steps > 0 && warmUp >= steps * epochs)
    throw new UsageError(
      `'warmUp' must be less than the ${steps * epochs} steps of the training, was ${warmUp}`,
    );
  if (steps > 0) return steps;
  throw new UsageError(
    `The training split must have at least one batch of ${batchSize}, has ${samples} samples. Lower the batch size`,
  );
}

/** What is to be known of a limit: data that are stored class by class begin with one of them. */
export function limitWarnings(data: Dataset, { limit }: FitSettings): string[] {
  const { labels } = data.split('train');
  if (limit === undefined || !labels) return [];
  const [used, all] = [labels.subarray(0, limit), labels].map((part) => new Set(part).size);
  if (used === all) return [];
  return [`The first ${limit} samples, to which the limit keeps, are of ${used} of ${all} classes`];
}
