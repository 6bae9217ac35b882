import { hasClasses, type Loss, type TargetKind } from '../autodiff/index.ts';
import type { Batch, Dataset, Split } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { formatShape, type Model, type Tensor } from '../ir/index.ts';
import type { FitOptions } from './fit-options.ts';

/** Whether the numbers to predict are all that the data know of their samples. */
export const isRegression = (data: Dataset): boolean => {
  const { labels, targets } = data.split('train');
  return targets !== undefined && labels === undefined;
};

/** What the output is compared with: the choice of the user, else what suits loss, data and the model's shapes. */
export function chosenTarget(
  { target, augment }: FitOptions,
  loss: Loss,
  { model, data }: { model: Model; data?: Dataset | undefined },
): TargetKind {
  const chosen = target ?? suitableTarget(loss, model, data?.split('train'));
  if (augment?.mixup === undefined) return chosen;
  if (chosen !== 'labels' || loss.compares === 'logits')
    throw new UsageError(
      `'mixup' mixes labels, the loss '${loss.name}' here does not take them: leave it out`,
    );
  return 'distribution';
}

function suitableTarget({ compares }: Loss, { graph }: Model, train: Split | undefined): TargetKind {
  if (compares === 'logits' && train && !train.labels) return 'teacher';
  if (compares !== 'values') return 'labels';
  if (train?.targets) return 'targets';
  const input = sampleSize(graph.feeds[0]?.shape);
  return input !== undefined && input === sampleSize(graph.outputs[0]?.shape) ? 'input' : 'labels';
}

function sampleSize(shape: readonly unknown[] | undefined): number | undefined {
  const sample = shape?.slice(1);
  return sample?.every((dim) => typeof dim === 'number')
    ? (sample as number[]).reduce((a, b) => a * b, 1)
    : undefined;
}

/** What a graph with this target is fed beside the images. */
export function fedOf(batch: Batch, target: TargetKind): Readonly<Record<string, Tensor>> {
  if (target === 'labels') return { labels: batch.labels };
  return target === 'targets' ? { targets: batch.targets! } : {};
}

/**
 * Throws UsageError if the splits that training and validation read do not have what the outputs are compared with, or
 * not in the model's shape.
 */
export function checkTargets(
  { graph }: Model,
  data: Dataset,
  { target, loss }: { target: TargetKind; loss: Loss },
): void {
  for (const name of data.splitNames.filter((split) => split === 'train' || split === 'validation'))
    checkSplitTargets(data, name, { target, loss });
  const output = graph.outputs[0];
  if (target === 'targets') {
    const shape = output?.shape?.slice(1);
    const { targetShape } = data;
    if (shape?.length === targetShape.length && shape.every((dim, i) => dim === targetShape[i])) return;
    throw new UsageError(
      `The targets of '${data.name}' are ${formatShape(targetShape)} for a sample, the model's output is ${formatShape(shape)}: replace its head with 'classes', or choose other targets`,
    );
  }
  const classes = output?.shape?.[1];
  const isSingle = classes === 1 && loss.activation === 'Sigmoid';
  if (hasClasses(target) && typeof classes === 'number' && (isSingle ? 2 : classes) < data.classNames.length)
    throw new UsageError(
      `The model tells ${classes} classes apart, '${data.name}' has ${data.classNames.length}: replace its head with 'classes'`,
    );
}

function checkSplitTargets(
  data: Dataset,
  name: string,
  { target, loss }: { target: TargetKind; loss: Loss },
): void {
  const { labels, targets } = data.split(name);
  const what = `Split '${name}' of '${data.name}'`;
  if (hasClasses(target) && !labels)
    throw new UsageError(
      `${what} has no labels, the loss '${loss.name}' compares with them: ` +
        `${targets ? "take 'mse' or 'huber' for its numbers" : 'choose labelled data, or say where the labels are'}`,
    );
  if (target === 'targets' && !targets)
    throw new UsageError(
      `${what} has no numbers to predict, 'targets' asks for them: choose data with targets, or leave 'target' out`,
    );
}

/** One finite number of 0 or more for each class; `balanced` are those of the training split. Throws UsageError for others. */
export function chosenClassWeights(
  { classWeights, loss = 'ce' }: FitOptions,
  { model, data }: { model: Model; data?: Dataset | undefined },
): readonly number[] | undefined {
  if (classWeights === undefined) return undefined;
  if (loss !== 'ce')
    throw new UsageError(
      `'classWeights' are for the loss 'ce', the loss is '${typeof loss === 'string' ? loss : loss.name}': leave them out`,
    );
  if (classWeights === 'balanced' && !data)
    throw new UsageError(`'classWeights' can be 'balanced' only where there are data: give numbers`);
  const weights = classWeights === 'balanced' ? data!.classWeights('train') : classWeights;
  const classes = model.graph.outputs[0]?.shape?.[1];
  const isNumbers = weights.every((weight) => Number.isFinite(weight) && weight >= 0);
  if (isNumbers && weights.length === classes && weights.some((weight) => weight > 0)) return weights;
  throw new UsageError(
    `'classWeights' must be 'balanced' or a number of 0 or more for each of the model's ${classes} classes, ` +
      `one of them above 0, was ${weights.join(', ')}`,
  );
}
