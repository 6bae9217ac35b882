import type { Checkpoint } from './checkpoint.ts';
import type { TrainingState } from './trainer.ts';
import type { StepMetrics } from './training-report.ts';
import type { ValidationMetrics } from './validation.ts';

/** What a training has seen so far: every step, every validation, and the best epoch's weights. */
export class TrainingLog {
  readonly history: StepMetrics[];
  readonly validation: ValidationMetrics[];
  readonly #patience: number | undefined;
  readonly #started = performance.now();
  readonly #secondsBefore: number;
  #best: TrainingState | undefined;

  constructor({ resume, patience }: { resume: Checkpoint | undefined; patience: number | undefined }) {
    this.history = [...(resume?.history ?? [])];
    this.validation = [...(resume?.validation ?? [])];
    this.#best = resume?.best;
    this.#secondsBefore = resume?.seconds ?? 0;
    this.#patience = patience;
  }

  get seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  /** Weights and statistics of the epoch with the lowest validation loss; undefined without `patience`. */
  get best(): TrainingState | undefined {
    return this.#best;
  }

  /** The first epoch that had the lowest validation loss; 0 if there was none. */
  get bestEpoch(): number {
    const lowest = Math.min(...this.validation.map(({ loss }) => loss));
    return this.validation.find(({ loss }) => loss === lowest)?.epoch ?? 0;
  }

  /** True if validation has not improved for `patience` epochs. */
  get isExhausted(): boolean {
    const last = this.validation.at(-1)?.epoch ?? 0;
    return this.#patience !== undefined && last - this.bestEpoch >= this.#patience;
  }

  addValidation(metrics: ValidationMetrics, { parameters, buffers }: TrainingState): void {
    this.validation.push(metrics);
    if (this.#patience === undefined || this.bestEpoch !== metrics.epoch) return;
    this.#best = { parameters: parameters!, ...(buffers && { buffers }) };
  }

  /** `loss 0.123, accuracy 95.0 %` of the last steps. */
  describe(): string {
    const recent = this.history.slice(-50);
    const mean = (key: 'loss' | 'accuracy'): number =>
      recent.reduce((sum, step) => sum + (step[key] ?? Number.NaN), 0) / recent.length;
    const accuracy = mean('accuracy');
    const loss = `loss ${mean('loss').toFixed(3)}`;
    return Number.isNaN(accuracy) ? loss : `${loss}, accuracy ${(100 * accuracy).toFixed(1)} %`;
  }
}
