/**
 * Weights pruned over time (polynomial, Zhu and Gupta 2017, arXiv 1710.01878) against all at once, at 90 % and the same
 * budget. The task has little slack: a convolutional network of 9,098 weights on MNIST, of which a tenth is left. Both train the same
 * dense network on for the same epochs, on the same samples, with the same optimizer; learning rate and its schedule were
 * chosen for each alone from the same candidates, by the accuracy on validation samples for seeds 100 to 102 (`--tune`
 * prints that). What is printed is on the 10,000 test digits for seeds 0 and up, paired, with 95 % intervals by Student's t.
 *
 * The gain differs much from seed to seed: five may be too few to tell it from none, --seeds 10 tells more. The wider cnn
 * and resnet8 of prune-unstructured.ts have slack at 90 %: no gain was found there.
 *
 *     node bench/prune-schedules.ts [--seeds 5] [--tune]
 */
import { evaluate } from '../src/bench/index.ts';
import { type Dataset, mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { conv2d, dense, flatten, relu, sequential } from '../src/layers/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { maskSchedule } from '../src/prune/index.ts';
import { fit, type Schedule } from '../src/train/index.ts';
import { pruneArguments } from './prune-arguments.ts';
import { interval, percent, points, verdict } from './prune-statistics.ts';

const limit = 20_000;
const epochs = 4;
const sparsity = 0.9;
/** Share of the steps after which the masks stay. */
const end = 0.5;

/** As high as it gets until the masks are final, then down a half cosine. */
const held: Schedule = {
  name: `held to ${end}`,
  factor: (step, total) =>
    step < end * total ? 1 : (1 + Math.cos((Math.PI * (step / total - end)) / (1 - end))) / 2,
};

const rateSchedules = { 'one-cycle': 'one-cycle', held } as const;

interface Setting {
  readonly rate: number;
  readonly over: keyof typeof rateSchedules;
}

/** Without what was worse for both on seed 100: the rates 1e-3 and 3e-3, and a cosine from the start. */
const candidates: readonly Setting[] = [1e-2, 3e-2].flatMap((rate) =>
  (Object.keys(rateSchedules) as Setting['over'][]).map((over) => ({ rate, over })),
);

type Way = 'oneshot' | 'polynomial';
const ways: readonly Way[] = ['oneshot', 'polynomial'];

/** What `--tune` chose. */
const chosen: Readonly<Record<Way, Setting>> = {
  oneshot: { rate: 3e-2, over: 'held' },
  polynomial: { rate: 3e-2, over: 'one-cycle' },
};

const accuracyOf = async (model: Model, data: Dataset, split: string): Promise<number> =>
  (await evaluate(writeModel(model), data, { split })).accuracy;

async function trained(data: Dataset, seed: number): Promise<Model> {
  const layers = [conv2d(8, 3, { stride: 2 }), relu(), conv2d(16, 3, { stride: 2 }), relu()];
  const start = sequential(data.sampleShape, [...layers, flatten(), dense(10)], { seed });
  const training = { epochs, limit, seed, learningRate: 3e-3, schedule: 'one-cycle' } as const;
  return (await fit(start, data, training)).model;
}

async function pruned(
  dense: Model,
  data: Dataset,
  { way, setting, seed }: { way: Way; setting: Setting; seed: number },
): Promise<Model> {
  const masks = maskSchedule({ sparsity, schedule: way, end });
  const schedule = rateSchedules[setting.over];
  const options = { epochs, limit, masks, learningRate: setting.rate, schedule, seed: seed + 1000 };
  return (await fit(dense, data, options)).model;
}

async function tune(data: Dataset): Promise<void> {
  const own = data.withValidation(10_000, 0);
  const found = new Map<string, number[]>();
  for (const seed of [100, 101, 102]) {
    const dense = await trained(own, seed);
    for (const setting of candidates) {
      for (const way of ways) {
        const model = await pruned(dense, own, { way, setting, seed });
        const key = `${way}, rate ${setting.rate}, ${setting.over}`;
        found.set(key, [...(found.get(key) ?? []), await accuracyOf(model, own, 'validation')]);
        console.error(`seed ${seed}, ${key}: ${percent(found.get(key)!.at(-1)!)} %`);
      }
    }
  }
  for (const [key, values] of [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${key.padEnd(36)} ${percent(interval(values).mean)} % on validation, seeds 100 to 102`);
}

/** Prints both ways beside the dense network. */
export async function benchSchedules(seeds: number): Promise<void> {
  const data = await mnist();
  const accuracies: Record<Way | 'dense', number[]> = { dense: [], oneshot: [], polynomial: [] };
  for (let seed = 0; seed < seeds; seed++) {
    const dense = await trained(data, seed);
    accuracies.dense.push(await accuracyOf(dense, data, 'test'));
    for (const way of ways) {
      const model = await pruned(dense, data, { way, setting: chosen[way], seed });
      accuracies[way].push(await accuracyOf(model, data, 'test'));
      console.error(`narrow cnn, seed ${seed}, ${way}: ${percent(accuracies[way].at(-1)!)} %`);
    }
  }
  const { dense } = accuracies;
  const to = (way: Way, other: readonly number[]) => accuracies[way].map((value, i) => value - other[i]!);
  console.log(
    `\nnarrow cnn of 9,098 weights on MNIST, 90 % pruned in ${epochs} epochs of ${limit}, ${seeds} seeds: ${percent(interval(dense).mean)} % dense`,
  );
  for (const way of ways) {
    const { rate, over } = chosen[way];
    const cells = [way.padEnd(11), `${percent(interval(accuracies[way]).mean)} %,`, points(to(way, dense))];
    console.log(`${cells.join(' ')} points to dense (rate ${rate}, ${over})`);
  }
  const gain = to('polynomial', accuracies.oneshot);
  console.log(
    `polynomial against oneshot at 90 %: ${points(gain)} points over ${seeds} seeds: ${verdict(gain)}`,
  );
}

if (import.meta.main) {
  const { seeds, flags } = pruneArguments([], { seeds: 5, flags: ['tune'] });
  await (flags.has('tune') ? tune(await mnist()) : benchSchedules(seeds));
}
