/**
 * Whether weights that go little by little while the rest is trained (polynomial, Zhu and Gupta 2017) leave a better
 * network at 90 % than all at once before the same training. Task: a convolutional network of 13 000 weights, with an
 * eighth of the channels of `cnn` so that 90 % hurts it, trained for 4 epochs of 16,000 digits and pruned in 2 more. Both
 * contestants have the same epochs, samples and optimizer, and each the learning rate and its schedule that did best on
 * 10,000 validation digits over the dense networks of seeds 100 to 102 (`tuneSchedules` prints the grid). The verdict is on
 * the 10,000 official test digits and other networks; differences are paired by seed, intervals are Student's t.
 */
import { evaluate } from '../src/bench/index.ts';
import { type Dataset, mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { conv2d, dense, flatten, relu, sequential } from '../src/layers/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { prune, type TuningOptions } from '../src/prune/index.ts';
import { interval, percent, points, verdict } from './intervals.ts';
import { trained } from './prune-networks.ts';

const contestants = ['oneshot', 'polynomial'] as const;
type Contestant = (typeof contestants)[number];
const optimizers = ['sgd', 'adam'] as const;
type OptimizerName = (typeof optimizers)[number];
type Rate = Pick<TuningOptions, 'schedule'> & { readonly learningRate: number };

const samples = 16_000;

/** What is tried. `plateau`, in the middle of which the last weights go, is the default for the polynomial. */
const grid: Readonly<Record<OptimizerName, readonly Rate[]>> = {
  sgd: rates(['cosine', 'one-cycle', 'plateau'], [0.05, 0.1]),
  adam: rates(['cosine', 'one-cycle', 'plateau'], [0.01, 0.03]),
};

/** The best of the grid. */
const chosen: Readonly<Record<OptimizerName, Readonly<Record<Contestant, Rate>>>> = {
  sgd: {
    oneshot: { schedule: 'cosine', learningRate: 0.1 },
    polynomial: { schedule: 'plateau', learningRate: 0.1 },
  },
  adam: {
    oneshot: { schedule: 'one-cycle', learningRate: 0.03 },
    polynomial: { schedule: 'plateau', learningRate: 0.01 },
  },
};

function rates(
  schedules: readonly NonNullable<Rate['schedule']>[],
  learningRates: readonly number[],
): Rate[] {
  return schedules.flatMap((schedule) => learningRates.map((learningRate) => ({ schedule, learningRate })));
}

/** Digits to train on and to judge by: `validation` is taken out of the training split, and never trained on. */
async function digitsToJudge(by: 'validation' | 'test'): Promise<Dataset> {
  const data = (await mnist()).withValidation(10_000, 1);
  return data.with({
    name: 'mnist without validation',
    splits: { train: data.split('train'), test: data.split(by) },
  });
}

function denseNetwork(data: Dataset, seed: number): Promise<Model> {
  const layers = [conv2d(4, 3, { stride: 2 }), relu(), conv2d(8, 3, { stride: 2 }), relu(), flatten()];
  const start = sequential(data.sampleShape, [...layers, dense(32), relu(), dense(10)], { seed });
  const training = { epochs: 4, limit: samples, learningRate: 0.006, schedule: 'one-cycle', seed } as const;
  return trained(start, data, { name: `small-${seed}`, training });
}

interface Job {
  readonly data: Dataset;
  readonly seed: number;
  readonly optimizer: OptimizerName;
}

async function accuracyOf(
  contestant: Contestant,
  rate: Rate,
  { data, seed, optimizer }: Job,
): Promise<number> {
  const training = { ...rate, optimizer, limit: samples, seed: seed + 100 };
  const { model } = await prune(await denseNetwork(data, seed), data, {
    ...{ what: 'unstructured', sparsity: 0.9, schedule: contestant, epochs: 2, training },
  });
  return (await evaluate(writeModel(model), data)).accuracy;
}

/** Prints what each rate and schedule of the grid does on validation digits. */
export async function tuneSchedules(seeds = [100, 101, 102]): Promise<void> {
  const data = await digitsToJudge('validation');
  for (const optimizer of optimizers)
    for (const rate of grid[optimizer])
      for (const contestant of contestants) {
        const accuracies: number[] = [];
        for (const seed of seeds)
          accuracies.push(await accuracyOf(contestant, rate, { data, seed, optimizer }));
        console.log(
          `${optimizer} ${contestant} ${rate.schedule} ${rate.learningRate}: ${percent(interval(accuracies).mean)} % of validation (${accuracies.map(percent).join(', ')})`,
        );
      }
}

/** Prints the verdict for each optimizer. */
export async function benchSchedules(seeds: number): Promise<void> {
  const data = await digitsToJudge('test');
  console.log(`\n90 % of the weights of a network of 13 000, ${seeds} seeds: test accuracy, %`);
  for (const optimizer of optimizers) {
    const all: Record<Contestant, number[]> = { oneshot: [], polynomial: [] };
    const before: number[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      before.push((await evaluate(writeModel(await denseNetwork(data, seed)), data)).accuracy);
      for (const contestant of contestants)
        all[contestant].push(
          await accuracyOf(contestant, chosen[optimizer][contestant], { data, seed, optimizer }),
        );
      console.error(
        `${optimizer}, seed ${seed}: ${contestants.map((name) => `${name} ${percent(all[name].at(-1)!)} %`).join(', ')}`,
      );
    }
    const gains = all.polynomial.map((accuracy, i) => accuracy - all.oneshot[i]!);
    const means = [before, all.oneshot, all.polynomial].map((list) => percent(interval(list).mean));
    console.log(
      `${optimizer.padEnd(5)} dense ${means[0]}, oneshot ${means[1]}, polynomial ${means[2]}: polynomial ${points(gains)} points: ${verdict(gains)}`,
    );
  }
}
