/**
 * Whether weights that go little by little while the rest is trained (polynomial, Zhu and Gupta 2017) leave a better
 * network at 90 % than all at once before the same training. Task: a convolutional network of 13 000 weights, with an
 * eighth of the channels of `cnn` so that 90 % hurts it, trained for 4 epochs of 16,000 digits and pruned in 2 more. Both
 * contestants have the same epochs, samples and optimizer, SGD with momentum, and each the learning rate and its schedule
 * that did best on 10,000 validation digits over the dense networks of seeds 100 to 102 (`tuneSchedules` prints the grid).
 * The verdict is on the 10,000 official test digits and other networks; differences are paired by seed, intervals are
 * Student's t. It is one of this task: with Adam at its best rates the two came out alike on validation digits of seed 100
 * (95.2 % both), and `cnn` loses too little at 90 % to tell them apart.
 */
import { evaluate } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { prune, type TuningOptions } from '../src/prune/index.ts';
import { interval, percent, points, verdict } from './intervals.ts';
import { digitsToJudge, smallNetwork, smallSamples } from './prune-small.ts';

const contestants = ['oneshot', 'polynomial'] as const;
type Contestant = (typeof contestants)[number];
type Rate = Pick<TuningOptions, 'schedule'> & { readonly learningRate: number };

/** What is tried. `plateau`, in the middle of which the last weights go, is the default for the polynomial. */
const grid: readonly Rate[] = (['cosine', 'one-cycle', 'plateau'] as const).flatMap((schedule) =>
  [0.05, 0.1].map((learningRate) => ({ schedule, learningRate })),
);

/** The best of the grid. */
const chosen: Readonly<Record<Contestant, Rate>> = {
  oneshot: { schedule: 'plateau', learningRate: 0.1 },
  polynomial: { schedule: 'plateau', learningRate: 0.05 },
};

async function accuracyOf(
  contestant: Contestant,
  rate: Rate,
  { data, seed }: { readonly data: Dataset; readonly seed: number },
): Promise<number> {
  const training = { ...rate, optimizer: 'sgd', limit: smallSamples, seed: seed + 100 } as const;
  const { model } = await prune(await smallNetwork(data, seed), data, {
    ...{ what: 'unstructured', sparsity: 0.9, schedule: contestant, epochs: 2, training },
  });
  return (await evaluate(writeModel(model), data)).accuracy;
}

/** Prints what each rate and schedule of the grid does on validation digits. */
export async function tuneSchedules(seeds = [100, 101, 102]): Promise<void> {
  const data = await digitsToJudge('validation');
  for (const rate of grid)
    for (const contestant of contestants) {
      const accuracies: number[] = [];
      for (const seed of seeds) accuracies.push(await accuracyOf(contestant, rate, { data, seed }));
      console.log(
        `${contestant} ${rate.schedule} ${rate.learningRate}: ${percent(interval(accuracies).mean)} % of validation (${accuracies.map(percent).join(', ')})`,
      );
    }
}

/** Prints the accuracies and the verdict. */
export async function benchSchedules(seeds: number): Promise<void> {
  const data = await digitsToJudge('test');
  const all: Record<Contestant, number[]> = { oneshot: [], polynomial: [] };
  const before: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    before.push((await evaluate(writeModel(await smallNetwork(data, seed)), data)).accuracy);
    for (const contestant of contestants)
      all[contestant].push(await accuracyOf(contestant, chosen[contestant], { data, seed }));
    const told = contestants.map((name) => `${name} ${percent(all[name].at(-1)!)} %`);
    console.error(`90 %, seed ${seed}: dense ${percent(before.at(-1)!)} %, ${told.join(', ')}`);
  }
  const gains = all.polynomial.map((accuracy, i) => accuracy - all.oneshot[i]!);
  const [dense, once, ramp] = [before, all.oneshot, all.polynomial].map((list) =>
    percent(interval(list).mean),
  );
  console.log(`\n90 % of a network of 13 000 weights, ${seeds} seeds: test accuracy`);
  console.log(`dense ${dense} %, oneshot ${once} %, polynomial ${ramp} %`);
  console.log(`polynomial against oneshot: ${points(gains)} points: ${verdict(gains)}`);
}
