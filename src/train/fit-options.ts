import {
  adam,
  adamW,
  binaryCrossEntropy,
  crossEntropy,
  type Distillation,
  type Frozen,
  huber,
  type Kernels,
  klDivergence,
  type Loss,
  meanSquaredError,
  type Optimizer,
  sgd,
  type TargetKind,
} from '../autodiff/index.ts';
import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { Progress, WorkOptions } from '../report.ts';
import type { AugmentOptions } from './augment/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { chosenClassWeights, chosenTarget, isRegression } from './fit-target.ts';
import type { MaskSchedule, Masks } from './masks.ts';
import { chosenSchedule, type Schedule, type ScheduleName } from './schedules.ts';
import type { StepMetrics } from './training-report.ts';

/** Progress of a training run, with the steps since it was told last. */
export interface FitProgress extends Progress {
  readonly steps: readonly StepMetrics[];
}

/** Optimizers by the name that a user gives, with the learning rate that suits most networks. */
export const optimizers = {
  adam: { rate: 1e-3, create: (weightDecay = 0) => adam({ weightDecay }) },
  adamw: { rate: 1e-3, create: (weightDecay = 0.01) => adamW({ weightDecay }) },
  sgd: { rate: 0.02, create: (weightDecay = 0) => sgd({ weightDecay }) },
  nesterov: { rate: 0.02, create: (weightDecay = 0) => sgd({ weightDecay, nesterov: true }) },
} as const;

/** Losses by the name that a user gives. */
export const losses = {
  ce: crossEntropy,
  bce: binaryCrossEntropy,
  mse: meanSquaredError,
  huber,
  kl: klDivergence,
} as const;

export interface FitOptions extends Omit<WorkOptions, 'onProgress'> {
  readonly onProgress?: (progress: FitProgress) => void;
  /** Passes over the training split. Default 1. */
  readonly epochs?: number;
  /** Samples per step. Default 64; a rest that does not fill a batch is left out of the epoch. */
  readonly batchSize?: number;
  /** `adam` (default), `adamw`, `sgd` (momentum 0.9), `nesterov` (the same, Nesterov's), or one of your own. */
  readonly optimizer?: keyof typeof optimizers | Optimizer;
  /** Default 1e-3 for adam and adamw, 0.02 for sgd and nesterov. */
  readonly learningRate?: number;
  /** Shrinks weights, not biases and normalizations. Default 0.01 for adamw, else 0. Not for an optimizer of your own. */
  readonly weightDecay?: number;
  /** How the learning rate moves. Default `constant`. */
  readonly schedule?: ScheduleName | Schedule;
  /** Steps in which the learning rate rises before the schedule starts. Default 0. */
  readonly warmUp?: number;
  /** Largest Euclidean norm of the gradient of all weights. Default: any. */
  readonly clipNorm?: number;
  /**
   * `ce` (softmax cross-entropy, the default), `bce`, `mse` (the default for data with targets and no labels), `huber`,
   * `kl` (with a teacher), or one of your own.
   */
  readonly loss?: keyof typeof losses | Loss;
  /** Share of a label that is spread over all classes. Default 0. */
  readonly labelSmoothing?: number;
  /**
   * What `ce` multiplies the classes with, one number for each, or `balanced`: as `Dataset.classWeights` has them. The
   * mean is weighted as in PyTorch's CrossEntropyLoss. Validation is without.
   */
  readonly classWeights?: readonly number[] | 'balanced';
  /**
   * What the output is compared with. Default: the labels, for `kl` without labels only the teacher; for `mse` and `huber`
   * the data's targets if there are any, or the input if it has the output's shape.
   */
  readonly target?: Exclude<TargetKind, 'distribution'>;
  /** The model whose scores the loss `kl` takes, and whose outputs `mse` and `huber` take with the target `teacher`. */
  readonly teacher?: Model;
  /** What is learned from `teacher` beside `loss`, or instead of it with the target `teacher`; `distill` makes it. */
  readonly distillation?: Distillation;
  /** Globs of names of constants that stay as they are, for example `features.*`. */
  readonly freeze?: readonly string[];
  /** Keeps batch normalizations as they are at inference, weights and statistics. */
  readonly freezeBatchNorm?: boolean;
  /**
   * Trains the scales of weights and activations that go through QuantizeLinear and DequantizeLinear as well (LSQ, Esser
   * et al. 2019, arXiv 1902.08153). With adam and adamw the learning rate is relative to a scale. Default false.
   */
  readonly learnScales?: boolean;
  /**
   * Weights that are 0 and stay so, by name of their initializer (`pruneWeights` gives such masks), or a schedule that
   * changes them meanwhile (`maskSchedule`).
   */
  readonly masks?: Masks | MaskSchedule;
  /** Random changes of the training samples. */
  readonly augment?: AugmentOptions;
  /** Samples, or below 1 the share, of the training split to validate with. Default: the split `validation` if there is one. */
  readonly validation?: number;
  /** Stops when the validation loss has not improved for so many epochs; the weights of the best epoch are the result. */
  readonly patience?: number;
  /** Orders the samples of each epoch, and their random changes. Default 0. */
  readonly seed?: number;
  /** Use only the first samples of the split. */
  readonly limit?: number;
  /** Gets the whole state of the training from time to time, at its end and when it is aborted. */
  readonly checkpoint?: {
    readonly save: (checkpoint: Checkpoint) => Promise<void>;
    /** Seconds between two. Default 30. */
    readonly every?: number;
  };
  /** When aborted after the first step, gives what has been reached instead of throwing the signal's reason. */
  readonly keepInterrupted?: boolean;
  /** What training may use beyond standard operators. Default: what a probe finds; `standardKernels` for none. */
  readonly kernels?: Kernels;
  /** Goes on from here, with the same model, data and options: the result is the same as without the break. */
  readonly resume?: Checkpoint;
}

/** The options with their defaults, checked. */
export interface FitSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly limit: number | undefined;
  readonly rate: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Steps. */
  readonly warmUp: number;
  readonly loss: Loss;
  /** The loss without what is for training alone. */
  readonly validationLoss: Loss;
  readonly target: TargetKind;
  readonly labelSmoothing: number;
  readonly clipNorm: number | undefined;
  readonly patience: number | undefined;
  readonly augment: AugmentOptions;
  readonly teacher: Model | undefined;
  readonly distillation: Distillation | undefined;
  readonly frozen: Frozen | undefined;
  readonly learnScales: boolean;
}

/** What a training works on. */
export interface FitSubject {
  readonly model: Model;
  /** From `freeze` and the model. */
  readonly frozen: Frozen | undefined;
  /** Absent where a graph is made for data that are not there. */
  readonly data?: Dataset | undefined;
}

/** Throws UsageError for what is out of range. */
export function fitSettings(options: FitOptions, subject: FitSubject): FitSettings {
  const { epochs = 1, batchSize = 64, seed = 0, limit, patience, clipNorm, augment = {}, teacher } = options;
  checkCounts({ epochs, batchSize, limit, patience });
  const { optimizer, rate } = chosenOptimizer(options);
  checkPositive({ learningRate: rate, clipNorm });
  const numbers = options.target === 'targets' || (subject.data !== undefined && isRegression(subject.data));
  const named = options.loss ?? (numbers ? 'mse' : 'ce');
  const validationLoss = chosenLoss(named);
  const classWeights = chosenClassWeights({ ...options, loss: named }, subject);
  const loss = classWeights ? crossEntropy({ classWeights }) : validationLoss;
  return {
    ...{
      epochs,
      batchSize,
      seed,
      limit,
      patience,
      clipNorm,
      augment,
      teacher,
      optimizer,
      rate,
      loss,
      validationLoss,
      frozen: subject.frozen,
    },
    warmUp: options.warmUp ?? 0,
    schedule: chosenSchedule(options.schedule ?? 'constant', options.warmUp ?? 0),
    target: chosenTarget(options, loss, subject),
    labelSmoothing: options.labelSmoothing ?? 0,
    distillation: options.distillation,
    learnScales: options.learnScales ?? false,
  };
}

function checkCounts(counts: Readonly<Record<string, number | undefined>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count === undefined || (Number.isInteger(count) && count >= 1)) continue;
    throw new UsageError(`'${name}' must be a whole number of 1 or more, was ${count}`);
  }
}

function checkPositive(numbers: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue;
    throw new UsageError(`'${name}' must be a finite number above 0, was ${value}`);
  }
}

function chosenOptimizer({ optimizer = 'adam', learningRate, weightDecay }: FitOptions) {
  if (weightDecay !== undefined && !(Number.isFinite(weightDecay) && weightDecay >= 0))
    throw new UsageError(`'weightDecay' must be a number of 0 or more, was ${weightDecay}`);
  if (typeof optimizer === 'object') {
    if (weightDecay !== undefined)
      throw new UsageError(
        `'weightDecay' is for optimizers by name: give it to your '${optimizer.name}' itself`,
      );
    return { optimizer, rate: learningRate ?? 1e-3 };
  }
  if (!Object.hasOwn(optimizers, optimizer))
    throw UsageError.unknown('optimizer', optimizer, Object.keys(optimizers));
  const { create, rate } = optimizers[optimizer];
  return { optimizer: create(weightDecay), rate: learningRate ?? rate };
}

function chosenLoss(loss: keyof typeof losses | Loss): Loss {
  if (typeof loss === 'object') return loss;
  if (!Object.hasOwn(losses, loss)) throw UsageError.unknown('loss', loss, Object.keys(losses));
  return losses[loss]();
}
