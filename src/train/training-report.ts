import { curveFigure } from '../plot/index.ts';
import { Report } from '../report.ts';

/** One step of training. */
export interface StepMetrics {
  /** Counted over all epochs, from 1. */
  readonly step: number;
  readonly epoch: number;
  /** Mean loss of the batch before the step. */
  readonly loss: number;
  /** Share of the batch that was classified right, 0..1. */
  readonly accuracy: number;
}

interface TrainingRun {
  readonly history: readonly StepMetrics[];
  readonly batchSize: number;
  readonly seconds: number;
  readonly optimizer: string;
}

/** What happened while training: a row an epoch, the loss curve, and every step as data. */
export class TrainingReport extends Report {
  readonly history: readonly StepMetrics[];
  /** Wall time of the whole training, data included. */
  readonly seconds: number;
  /** Samples per second. */
  readonly throughput: number;

  constructor({ history, batchSize, seconds, optimizer }: TrainingRun) {
    const throughput = (history.length * batchSize) / seconds;
    super({
      title: `Trained ${history.length} steps of ${batchSize} with ${optimizer} in ${seconds.toFixed(1)} s (${Math.round(throughput)} samples/s)`,
      columns: [
        { key: 'epoch', header: 'epoch' },
        { key: 'steps', header: 'steps' },
        { key: 'loss', header: 'mean loss', decimals: 4 },
        { key: 'accuracy', header: 'training accuracy', unit: '%', scale: 100, decimals: 2 },
      ],
      rows: epochRows(history),
      charts: [lossFigure(history)],
    });
    this.history = history;
    this.seconds = seconds;
    this.throughput = throughput;
  }
}

function epochRows(history: readonly StepMetrics[]) {
  return [...Map.groupBy(history, (step) => step.epoch)].map(([epoch, steps]) => ({
    epoch,
    steps: steps.length,
    loss: mean(steps.map((step) => step.loss)),
    accuracy: mean(steps.map((step) => step.accuracy)),
  }));
}

/** The loss averaged over stretches of steps, since single batches jump about; the first point is step 1 alone. */
function lossFigure(history: readonly StepMetrics[]) {
  const stretches = growingStretches(history, Math.max(1, Math.round(history.length / 100)));
  const x = stretches.map((steps) => mean(steps.map((step) => step.step)));
  const y = stretches.map((steps) => mean(steps.map((step) => step.loss)));
  return curveFigure([{ name: 'loss', x, y }], { title: 'Training loss', y: { title: 'Cross-entropy' } });
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
