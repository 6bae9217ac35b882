import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model, Tensor } from '../ir/index.ts';
import { constantsToInitializers } from '../passes/index.ts';
import {
  type FitOptions,
  fit,
  isRegression,
  type TrainingReport,
  withValidationSplit,
} from '../train/index.ts';
import { checkDistillOptions, type DistillOptions, weightsOf } from './distill-options.ts';
import { Exposed } from './exposed.ts';
import { withSampleShape } from './sample-shape.ts';
import { teacherScores } from './teacher-scores.ts';
import { teacherTerms } from './terms.ts';

export interface DistillResult {
  /** The trained student, with the nodes and outputs that it had. */
  readonly model: Model;
  /** With a curve for each loss. */
  readonly report: TrainingReport;
}

/**
 * Trains `student` to do what `teacher` does: minimizes (1 - alpha) times the loss of the labels plus alpha times the
 * weighted losses that compare with the teacher, which works as at inference on the same, also augmented, samples and is
 * not changed (Hinton et al. 2015, arXiv 1503.02531). Data without labels are learned from the teacher alone. Both take
 * one float32 input [N,...sample] and give scores [N,classes] first. Throws UsageError where options, models and data do
 * not fit, and what `fit` throws.
 */
export async function distill(
  teacher: Model,
  student: Model,
  whole: Dataset,
  options: DistillOptions = {},
): Promise<DistillResult> {
  checkDistillOptions(options);
  const data = withValidationSplit(whole, options);
  const isKnown = data.split('train').labels !== undefined || data.split('train').targets !== undefined;
  const alpha = shareOf(isKnown, options);
  const plain = plainOptions(data, options);
  if (alpha === 0) return fit(student, data, plain);
  const setup = { teacher, student, data, alpha };
  const { from, to, terms } = termsFor(setup, options);
  const target = isKnown ? undefined : ('teacher' as const);
  const cached = options.cache && (await cachedScores({ ...setup, target }, options));
  const { model, report } = await fit(to.model, data, {
    ...plain,
    ...(target && { target }),
    teacher: from.model,
    distillation: { hard: 1 - alpha, terms, ...(cached && { scores: cached.scores }) },
  });
  const notes = [
    ...(isKnown ? [] : ['The data have no labels: learned from the teacher alone (alpha 1)']),
    ...terms.map(({ description }) => `Learned from the teacher: ${description}`),
    ...(cached ? [cached.note] : []),
  ];
  return { model: to.restored(model), report: notes.reduce((told, note) => told.withNote(note), report) };
}

/** The share of the teacher. Throws UsageError where what is left has nothing to learn from. */
function shareOf(isKnown: boolean, { alpha = isKnown ? 0.5 : 1, losses }: DistillOptions): number {
  if (!isKnown && alpha !== 1)
    throw new UsageError(
      `'alpha' must be 1 for data without labels, which are learned from the teacher alone, was ${alpha}`,
    );
  const names = losses === undefined ? ['kl'] : Object.keys(weightsOf(losses));
  if (alpha < 1 || names.some((name) => name === 'kl' || name === 'mse')) return alpha;
  throw new UsageError(
    `Nothing would train the last layer: ${names.join(' and ')} compare values inside. Add the loss 'kl' or 'mse', or labels with an 'alpha' below 1`,
  );
}

/** What `fit` takes without a teacher. */
function plainOptions(data: Dataset, options: DistillOptions): FitOptions {
  const { hardLoss, temperature, alpha, losses, features, cache, validation, ...fitted } = options;
  return { ...fitted, loss: hardLossOf(data, hardLoss) };
}

const hardLossOf = (data: Dataset, hardLoss: DistillOptions['hardLoss']) =>
  hardLoss ?? (isRegression(data) ? 'mse' : 'ce');

interface Setup {
  readonly teacher: Model;
  readonly student: Model;
  readonly data: Dataset;
  readonly alpha: number;
}

/** The models with the outputs that are compared, and the terms over these. */
function termsFor({ teacher, student, data, alpha }: Setup, options: DistillOptions) {
  const { temperature = 3, features, batchSize = 64, seed = 0, losses } = options;
  const subjects = { teacher: withSampleShape(teacher, data), student: withSampleShape(student, data) };
  const [from, to] = [teacher, student].map((model) => new Exposed(constantsToInitializers(model)));
  const chosen = weightsOf(losses ?? (isRegression(data) ? 'mse' : 'kl'));
  if ('kl' in chosen && (options.hardLoss ?? 'ce') !== 'ce')
    throw new UsageError(
      `The loss 'kl' compares softmax scores, the loss of the labels is '${options.hardLoss}': take 'mse'`,
    );
  const weights = Object.fromEntries(Object.entries(chosen).map(([name, weight]) => [name, alpha * weight]));
  const terms = teacherTerms(subjects, {
    ...{ weights, temperature, features, batchSize, seed, teacher: from!, student: to! },
  });
  return { from: from!, to: to!, terms };
}

/** Throws UsageError where scores of the samples as they are would not be those of the training. */
async function cachedScores(
  { teacher, data, target }: Setup & { target: 'teacher' | undefined },
  options: DistillOptions,
): Promise<{ scores: Tensor; note: string }> {
  const { cache, augment = {}, losses = 'kl', batchSize = 64, limit } = options;
  const changes = Object.keys(augment);
  if (changes.length > 0)
    throw new UsageError(
      `'cache' keeps the teacher's scores of the samples as they are, ${changes.join(' and ')} change them: leave one out`,
    );
  const inside = Object.keys(weightsOf(losses)).filter((name) => name !== 'kl' && name !== 'mse');
  if (inside.length > 0)
    throw new UsageError(
      `'cache' keeps the teacher's scores, ${inside.join(' and ')} compare values inside of it: leave one out`,
    );
  const { scores, fromCache } = await teacherScores(teacher, data, {
    ...{ cache: cache!, batchSize, limit, hardLoss: hardLossOf(data, options.hardLoss) },
    ...{ target: target ?? 'labels', ...(options.signal && { signal: options.signal }) },
  });
  return { scores, note: cacheNote({ count: scores.shape[0]!, fromCache, name: cache!.name }) };
}

function cacheNote(told: { count: number; fromCache: number; name: string | undefined }): string {
  const { count, fromCache, name = 'the cache' } = told;
  if (fromCache === count) return `The teacher's scores of ${count} samples are from ${name}`;
  const kept = told.name === undefined ? 'kept' : `kept in ${name}`;
  const before = fromCache > 0 ? `, those of ${fromCache} were there` : '';
  return `The teacher's scores were computed once for ${count - fromCache} samples and ${kept}${before}`;
}
