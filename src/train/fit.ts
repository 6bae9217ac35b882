import { type Kernels, type TrainingGraph, trainingGraph } from '../autodiff/index.ts';
import { type Dataset, fingerprint } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { probeKernels } from '../kernels/index.ts';
import { type Checkpoint, checkSameRun } from './checkpoint.ts';
import { type FitOptions, type FitSettings, fitSettings } from './fit-options.ts';
import { checkFit, describeRun, limitWarnings, stepsPerEpoch } from './fit-run.ts';
import { frozenConstants } from './freeze.ts';
import { initialMask, type MaskChanges, maskChanges, masksOf } from './mask-changes.ts';
import { isSchedule, type Masks, withMasks } from './masks.ts';
import { PreparedModel, type TrainingCopies } from './prepare-model.ts';
import { diverged, initialState, Trainer, withState } from './trainer.ts';
import { trainingBatches } from './training-batches.ts';
import { TrainingLog } from './training-log.ts';
import { type StepMetrics, TrainingReport } from './training-report.ts';
import { Validator, withValidationSplit } from './validation.ts';

/**
 * Trains a model's float weights on the training split; returns a new model of the same graph, in which initializers hold
 * what Constant nodes held. Throws UsageError if data and model do not fit, an option is out of range or the loss is no
 * longer finite, ModelError for an operator without gradient, and the signal's reason when aborted. Input float32
 * [N,...sample], output class scores float32 [N,classes], or what the loss compares.
 */
export async function fit(
  model: Model,
  data: Dataset,
  options: FitOptions = {},
): Promise<{ model: Model; report: TrainingReport; masks: Masks }> {
  const { kernels, missing } = options.kernels
    ? { kernels: options.kernels, missing: [] }
    : await probeKernels();
  const { batchSize, teacher } = options;
  const start = withMasks(model, options.masks);
  const prepared = new PreparedModel(start, { batchSize, teacher, sample: data.sampleShape });
  const training = await prepare(prepared, data, { ...options, kernels });
  const { graph, settings, log } = training;
  const trainer = await createTrainer(training, options);
  const validator = training.data.splitNames.includes('validation')
    ? new Validator(prepared, training.data, settings)
    : undefined;
  try {
    const interruption = await runAll(training, { trainer, validator, options });
    trainer.checkWeights();
    const report = new TrainingReport({
      ...{ history: log.history, validation: log.validation, seconds: log.seconds },
      ...{ batchSize: settings.batchSize, optimizer: settings.optimizer.name, loss: settings.loss },
      ...{ formulations: graph.formulations, missing },
      notes: [...interruption, ...prepared.notes, ...limitWarnings(training.data, settings)],
      ...(log.best && { bestEpoch: log.bestEpoch, epochs: settings.epochs }),
    });
    const state = log.best ?? trainer.state;
    return { model: withState(prepared.base, graph, state), report, masks: masksOf(graph, state) };
  } finally {
    await trainer.release();
    await validator?.release();
  }
}

function createTrainer(training: Training, { resume, masks }: FitOptions): Promise<Trainer> {
  const { graph, settings, log, copies, changes, total } = training;
  const { optimizer, rate, schedule } = settings;
  return Trainer.create(graph, {
    optimizer,
    step: log.history.length,
    state: resume?.state ?? {
      ...initialState(graph, copies.model, optimizer),
      ...initialMask(masks, graph),
    },
    masks: changes,
    rate: (step) => rate * schedule.factor(step - 1, total),
  });
}

interface Training {
  readonly copies: TrainingCopies;
  readonly data: Dataset;
  readonly settings: FitSettings;
  readonly graph: TrainingGraph;
  readonly log: TrainingLog;
  readonly changes: MaskChanges | undefined;
  readonly run: Checkpoint['run'];
  readonly classes: number;
  /** Steps of the whole training. */
  readonly total: number;
  readonly perEpoch: number;
}

/** Checks everything and builds the graph, before anything runs. */
async function prepare(
  prepared: PreparedModel,
  whole: Dataset,
  options: FitOptions & { kernels: Kernels },
): Promise<Training> {
  const { freeze, freezeBatchNorm, resume, kernels } = options;
  const copies = await prepared.copies();
  const { model: start, teacher } = copies;
  const frozen = frozenConstants(start, { freeze, batchNorm: freezeBatchNorm });
  const data = withValidationSplit(whole, options);
  const settings = fitSettings(
    { ...options, teacher },
    { model: start, frozen: prepared.frozen(frozen), data },
  );
  checkFit(start, data, settings);
  await prepareRest(prepared, data, settings);
  const perEpoch = stepsPerEpoch(data, settings);
  const run = await runOf({ model: prepared.base, data: whole }, { options, settings });
  if (resume) checkSameRun(resume, run);
  const graph = trainingGraph(start, {
    ...graphOptions(settings, options),
    optimizer: settings.optimizer,
    kernels,
  });
  const total = settings.epochs * perEpoch;
  const changes = changesOf(prepared, graph, { ...options, total });
  const settled = changes && Math.floor(Math.max(-1, ...changes.steps) / perEpoch) + 1;
  const log = new TrainingLog({ resume, patience: settings.patience, settled });
  const classes = Number(start.graph.outputs[0]?.shape?.[1]);
  return { copies, data, settings, graph, log, changes, run, classes, perEpoch, total };
}

/** What a training is; where there are checkpoints with the hash of its data, which may have kept their name. */
async function runOf(
  from: { model: Model; data: Dataset },
  training: { options: FitOptions; settings: FitSettings },
): Promise<Checkpoint['run']> {
  const { checkpoint, resume, signal } = training.options;
  const run = describeRun(from, training);
  if (!checkpoint && !resume) return run;
  const hash = await fingerprint(from.data, signal ? { signal } : {});
  return { ...run, dataHash: hash.slice(0, 16) };
}

const changesOf = (
  { base }: PreparedModel,
  graph: TrainingGraph,
  { masks, total, signal }: FitOptions & { total: number },
): MaskChanges | undefined =>
  masks && isSchedule(masks) ? maskChanges(masks, { base, graph, total, signal }) : undefined;

/** The last batch of a validation may be smaller: whether that can be is to be known before the training. */
async function prepareRest(
  prepared: PreparedModel,
  data: Dataset,
  { batchSize }: FitSettings,
): Promise<void> {
  const samples = data.splitNames.includes('validation') ? data.size('validation') : 0;
  const rest = samples % batchSize;
  if (rest === 0) return;
  await prepared.copies(rest).catch((cause: unknown) => {
    if (!(cause instanceof UsageError)) throw cause;
    throw new UsageError(
      `The last batch of the ${samples} samples to validate with has ${rest}: make it a multiple of ${batchSize} by 'validation'. ${cause.message}`,
      { cause },
    );
  });
}

const graphOptions = (settings: FitSettings, { masks }: FitOptions) => {
  const { batchSize, loss, target, labelSmoothing, teacher, distillation, clipNorm, frozen, learnScales } =
    settings;
  const fixed = masks && (isSchedule(masks) ? new Map() : masks);
  return {
    ...{ batchSize, loss, target, labelSmoothing, teacher, distillation, clipNorm, frozen, learnScales },
    masks: fixed,
  };
};

interface Runner {
  readonly trainer: Trainer;
  readonly validator: Validator | undefined;
  readonly options: FitOptions;
}

/** Trains to the end, or as far as it goes where what is reached is to be kept: then returns a note. */
async function runAll(training: Training, runner: Runner): Promise<string[]> {
  const { signal, keepInterrupted = false } = runner.options;
  try {
    await runEpochs(training, runner);
    return [];
  } catch (error) {
    const { log, total } = training;
    const isReached = log.history.length > 0 && keepInterrupted;
    if (!isReached || !signal?.aborted || error !== signal.reason) throw error;
    const which = log.best ? `those of epoch ${log.bestEpoch}, the best one` : 'those of the last step';
    return [`Interrupted after ${log.history.length} of ${total} steps: the weights are ${which}`];
  }
}

async function runEpochs(training: Training, { trainer, validator, options }: Runner): Promise<void> {
  const { data, settings, log, classes } = training;
  const { signal, resume } = options;
  const saver = new Saver(training, trainer, options);
  for (let epoch = resume?.epoch ?? 0; epoch < settings.epochs && !log.isExhausted; epoch++) {
    const start = epoch === resume?.epoch ? resume.position : 0;
    const batches = trainingBatches(data, settings, { epoch, start, classes });
    for await (const metrics of trainer.run(batches)) {
      const steps = metrics.map((step) => ({ ...step, epoch: epoch + 1 }));
      checkLosses(steps, settings);
      log.history.push(...steps);
      options.onProgress?.({
        done: log.history.length,
        total: training.total,
        message: log.describe(),
        steps,
      });
      await saver.maybe(epoch);
    }
    if (validator)
      log.addValidation({ epoch: epoch + 1, ...(await validator.run(trainer.state, signal)) }, trainer.state);
  }
  await saver.save(settings.epochs);
}

function checkLosses(steps: readonly StepMetrics[], { rate }: FitSettings): void {
  const bad = steps.find(({ loss }) => !Number.isFinite(loss));
  if (bad) throw diverged(bad.step, rate);
}

/** Hands out checkpoints at times. */
class Saver {
  readonly #training: Training;
  readonly #trainer: Trainer;
  readonly #options: FitOptions;
  #last = performance.now();

  constructor(training: Training, trainer: Trainer, options: FitOptions) {
    this.#training = training;
    this.#trainer = trainer;
    this.#options = options;
  }

  /** Saves if it is time or the training is aborted, and then throws the signal's reason. */
  async maybe(epoch: number): Promise<void> {
    const { checkpoint: { every = 30 } = {}, signal } = this.#options;
    const isDue = performance.now() - this.#last >= every * 1000;
    if (isDue || signal?.aborted) await this.save(epoch);
    signal?.throwIfAborted();
  }

  async save(epoch: number): Promise<void> {
    const { log, run, perEpoch } = this.#training;
    const { best, seconds } = log;
    // Copies: the log goes on growing.
    const [history, validation] = [[...log.history], [...log.validation]];
    const position = Math.max(0, history.length - epoch * perEpoch);
    const { state } = this.#trainer;
    await this.#options.checkpoint?.save({ run, state, epoch, position, history, validation, best, seconds });
    this.#last = performance.now();
  }
}
