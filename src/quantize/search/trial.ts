import { setImmediate as turn } from 'node:timers/promises';
import type { Model } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../../runtime/index.ts';
import type { Metric } from './metrics.ts';
import { PairedTest, type Verdict } from './paired-test.ts';

/** Samples to judge a candidate by, in an order that says nothing about their classes. */
export interface Samples {
  readonly count: number;
  /** May be gone through many times; every pass is the same. Inputs batch first. */
  batches(): AsyncIterable<{ readonly feeds: Feeds; readonly labels?: ArrayLike<number> }>;
}

export interface TrialOptions {
  readonly samples: Samples;
  readonly metric: Metric;
  /** Mean drop of the metric that is allowed, in (0, 1). */
  readonly limit: number;
  /** Chance that one verdict is wrong. */
  readonly error: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a candidate did beside the float model. */
export interface Trial {
  readonly verdict: Verdict;
  /** Mean drop over the samples that were looked at, and half of its 95 % interval. */
  readonly drop: number;
  readonly margin: number;
  /** Samples that it took. */
  readonly samples: number;
  readonly seconds: number;
}

/** Judges candidates beside one float model, whose outputs are computed once. */
export class Trials {
  readonly #float: Promise<InferenceSession>;
  readonly #options: TrialOptions;
  /** Outputs of the float model by batch. */
  readonly #outputs: Float32Array[] = [];

  constructor(float: Model, options: TrialOptions) {
    this.#options = options;
    this.#float = InferenceSession.create(writeModel(float), { spinning: !isBusyMachine() });
  }

  /** Runs sample after sample until the verdict is certain or none is left. */
  async run(candidate: Model): Promise<Trial> {
    const { samples, limit, error, signal } = this.#options;
    const start = performance.now();
    const test = new PairedTest({ limit, error });
    const session = await InferenceSession.create(writeModel(candidate), { spinning: !isBusyMachine() });
    try {
      let batch = 0;
      for await (const { feeds, labels } of samples.batches()) {
        signal?.throwIfAborted();
        const exact = this.#outputs[batch] ?? (await firstOutput(await this.#float, feeds));
        this.#outputs[batch] = exact;
        this.#compare(test, { exact, rounded: await firstOutput(session, feeds), labels, feeds });
        batch++;
        await turn();
        if (test.verdict !== 'undecided') break;
      }
    } finally {
      await session.release();
    }
    const seconds = (performance.now() - start) / 1000;
    return { verdict: test.verdict, drop: test.mean, margin: test.margin, samples: test.count, seconds };
  }

  async release(): Promise<void> {
    await (await this.#float).release();
  }

  #compare(test: PairedTest, batch: OutputsOfBatch): void {
    const { metric } = this.#options;
    const { exact, rounded, labels, feeds } = batch;
    const count = Object.values(feeds)[0]!.shape[0]!;
    const size = exact.length / count;
    for (let i = 0; i < count; i++) {
      const float = exact.subarray(i * size, (i + 1) * size);
      const truth = { label: labels?.[i], float };
      const score = metric.score(rounded.subarray(i * size, (i + 1) * size), truth);
      test.add(metric.score(float, truth) - score);
    }
  }
}

interface OutputsOfBatch {
  readonly exact: Float32Array;
  readonly rounded: Float32Array;
  readonly labels: ArrayLike<number> | undefined;
  readonly feeds: Feeds;
}

async function firstOutput(session: InferenceSession, feeds: Feeds): Promise<Float32Array> {
  const name = session.outputNames[0]!;
  return (await session.run(feeds, [name]))[name]!.data as Float32Array;
}
