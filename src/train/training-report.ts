import type { Formulation, Loss } from '../autodiff/index.ts';
import { curveFigure } from '../plot/index.ts';
import { Report } from '../report.ts';
import type { ValidationMetrics } from './validation.ts';

/** One step of training. */
export interface StepMetrics {
  /** Counted over all epochs, from 1. */
  readonly step: number;
  readonly epoch: number;
  /** Mean loss of the batch before the step. */
  readonly loss: number;
  /** Share of the batch that was classified right, 0..1; absent if there are no classes. */
  readonly accuracy?: number;
  /** What the loss is the sum of, by name, each with its factor; only of a distillation. */
  readonly parts?: Readonly<Record<string, number>>;
}

interface TrainingRun {
  readonly history: readonly StepMetrics[];
  readonly validation?: readonly ValidationMetrics[];
  readonly batchSize: number;
  readonly seconds: number;
  readonly optimizer: string;
  readonly loss?: Pick<Loss, 'title'>;
  /** The epoch whose weights are the result, if that need not be the last. */
  readonly bestEpoch?: number;
  /** Epochs that were asked for. */
  readonly epochs?: number;
  /** How each node of the model was written. */
  readonly formulations?: readonly Formulation[];
  /** Kernels of onnxruntime that could not be used, each with the reason. */
  readonly missing?: readonly string[];
  /** What else the reader must know. */
  readonly notes?: readonly string[];
}

/** What happened while training: a row an epoch, the loss curve, and every step as data. */
export class TrainingReport extends Report {
  readonly #run: TrainingRun;
  readonly history: readonly StepMetrics[];
  /** One an epoch, if there was a validation split. */
  readonly validation: readonly ValidationMetrics[];
  /** Wall time of the whole training, data included. */
  readonly seconds: number;
  /** Samples per second. */
  readonly throughput: number;

  constructor(run: TrainingRun) {
    const { history, batchSize, seconds, optimizer, validation = [], missing = [], notes = [] } = run;
    const throughput = (history.length * batchSize) / seconds;
    super({
      title:
        `Trained ${history.length} steps of ${batchSize} with ${optimizer} in ${seconds.toFixed(1)} s ` +
        `(${Math.round(throughput)} samples/s)${kernelsOf(run)}${outcome(run)}`,
      columns: columnsOf(run),
      rows: epochRows(history, validation),
      charts: [lossFigure(run)],
      warnings: [
        ...notes,
        ...missing.map(
          (reason) => `Trained by standard operators where this onnxruntime has none faster: ${reason}`,
        ),
      ],
    });
    this.#run = run;
    this.history = history;
    this.validation = validation;
    this.seconds = seconds;
    this.throughput = throughput;
  }

  /** This report with one more warning. */
  withNote(note: string): TrainingReport {
    return new TrainingReport({ ...this.#run, notes: [...(this.#run.notes ?? []), note] });
  }

  /** `mean loss 0.0123 in the last epoch`, or that of the last validation. */
  get lossMessage(): string {
    const validated = this.validation.at(-1);
    if (validated) return `validation loss ${validated.loss.toFixed(4)}`;
    return `mean loss ${Number(this.rows.at(-1)?.loss).toFixed(4)} in the last epoch`;
  }
}

/** `, 5 of 9 nodes by fast kernels`. */
function kernelsOf({ formulations = [] }: TrainingRun): string {
  const fast = formulations.filter(({ layout }) => layout === 'blocked').length;
  return fast > 0 ? `, ${fast} of ${formulations.length} nodes by blocked kernels` : '';
}

/** `, stopped early after epoch 7 of 20: weights of epoch 5`. */
function outcome({ validation = [], bestEpoch, epochs = 0 }: TrainingRun): string {
  if (bestEpoch === undefined) return '';
  const last = validation.at(-1)?.epoch ?? 0;
  const stopped = last < epochs ? `, stopped early after epoch ${last} of ${epochs}` : '';
  return `${stopped}: weights of epoch ${bestEpoch}`;
}

function columnsOf({ history, validation = [] }: TrainingRun) {
  const percent = { unit: '%', scale: 100, decimals: 2 };
  const has = (metrics: readonly { accuracy?: number }[]): boolean =>
    metrics.some(({ accuracy }) => accuracy !== undefined);
  return [
    { key: 'epoch', header: 'epoch' },
    { key: 'steps', header: 'steps' },
    { key: 'loss', header: 'mean loss', decimals: 4 },
    ...partNames(history).map((name) => ({ key: partKey(name), header: name, decimals: 4 })),
    ...(has(history) ? [{ key: 'accuracy', header: 'training accuracy', ...percent }] : []),
    ...(validation.length > 0 ? [{ key: 'validationLoss', header: 'validation loss', decimals: 4 }] : []),
    ...(has(validation) ? [{ key: 'validationAccuracy', header: 'validation accuracy', ...percent }] : []),
  ];
}

function epochRows(history: readonly StepMetrics[], validation: readonly ValidationMetrics[]) {
  const validated = new Map(validation.map((metrics) => [metrics.epoch, metrics]));
  return [...Map.groupBy(history, (step) => step.epoch)].map(([epoch, steps]) => {
    const { loss: validationLoss, accuracy: validationAccuracy } = validated.get(epoch) ?? {};
    const known = steps.flatMap(({ accuracy }) => (accuracy === undefined ? [] : [accuracy]));
    return {
      epoch,
      steps: steps.length,
      loss: mean(steps.map((step) => step.loss)),
      ...partMeans(steps, partKey),
      ...(known.length > 0 && { accuracy: mean(known) }),
      ...(validationLoss !== undefined && { validationLoss }),
      ...(validationAccuracy !== undefined && { validationAccuracy }),
    };
  });
}

const partNames = (history: readonly StepMetrics[]): string[] => Object.keys(history[0]?.parts ?? {});

const partKey = (name: string): string => `part ${name}`;

/** The mean of each part of the loss. */
const partMeans = (steps: readonly StepMetrics[], key: (name: string) => string): Record<string, number> =>
  Object.fromEntries(
    partNames(steps).map((name) => [key(name), mean(steps.map(({ parts }) => parts![name]!))]),
  );

/** The loss averaged over stretches of steps, since single batches jump about; the first point is step 1 alone. */
function lossFigure({ history, validation = [], loss }: TrainingRun) {
  const stretches = growingStretches(history, Math.max(1, Math.round(history.length / 100)));
  const x = stretches.map((steps) => mean(steps.map((step) => step.step)));
  const y = stretches.map((steps) => mean(steps.map((step) => step.loss)));
  const ends = new Map(history.map(({ epoch, step }) => [epoch, step]));
  const curve = {
    name: 'validation',
    x: validation.map(({ epoch }) => ends.get(epoch) ?? 0),
    y: validation.map((metrics) => metrics.loss),
  };
  const names = partNames(history);
  // A single part is the loss.
  const parts = (names.length > 1 ? names : []).map((name) => ({
    name,
    x,
    y: stretches.map((steps) => mean(steps.map((step) => step.parts![name]!))),
  }));
  const curves = [{ name: 'loss', x, y }, ...parts, ...(validation.length > 0 ? [curve] : [])];
  return curveFigure(curves, { title: 'Training loss', y: { title: loss?.title ?? 'Cross-entropy' } });
}

/** Parts of 1, 2, 4, ... items up to `largest`: the loss falls fastest in the first steps. */
function growingStretches<T>(items: readonly T[], largest: number): T[][] {
  const stretches: T[][] = [];
  for (let start = 0, size = 1; start < items.length; start += size, size = Math.min(2 * size, largest)) {
    stretches.push(items.slice(start, start + size));
  }
  return stretches;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
