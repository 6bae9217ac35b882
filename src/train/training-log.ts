import type { Checkpoint } from './checkpoint.ts';
import type { TrainingState } from './trainer.ts';
import type { StepMetrics } from './training-report.ts';
import type { ValidationMetrics } from './validation.ts';

export interface TrainingLogOptions {
  readonly resume: Checkpoint | undefined;
  readonly patience: number | undefined;
  /** The first epoch whose weights can be the result: until then masks change. Default: any. */
  readonly settled?: number;
}

/** What a training has seen so far: every step, every validation, and the best epoch's weights. */
export class TrainingLog {
  readonly history: StepMetrics[];
  readonly validation: ValidationMetrics[];
  readonly #patience: number | undefined;
  readonly #settled: number;
  readonly #started = performance.now();
  readonly #secondsBefore: number;
  #best: TrainingState | undefined;

  constructor({ resume, patience, settled = 0 }: TrainingLogOptions) {
    this.history = [...(resume?.history ?? [])];
    this.validation = [...(resume?.validation ?? [])];
    this.#best = resume?.best;
    this.#secondsBefore = resume?.seconds ?? 0;
    this.#patience = patience;
    this.#settled = settled;
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
    const candidates = this.validation.filter(({ epoch }) => epoch >= this.#settled);
    const lowest = Math.min(...candidates.map(({ loss }) => loss));
    return candidates.find(({ loss }) => loss === lowest)?.epoch ?? 0;
  }

  /** True if validation has not improved for `patience` epochs. */
  get isExhausted(): boolean {
    const last = this.validation.at(-1)?.epoch ?? 0;
    const isComparable = this.#patience !== undefined && last >= this.#settled;
    return isComparable && last - this.bestEpoch >= this.#patience;
  }

  addValidation(metrics: ValidationMetrics, { parameters, buffers, mask }: TrainingState): void {
    this.validation.push(metrics);
    if (this.#patience === undefined || this.bestEpoch !== metrics.epoch) return;
    this.#best = { parameters: parameters!, ...(buffers && { buffers }), ...(mask && { mask }) };
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
