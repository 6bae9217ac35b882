/**
 * Structured pruning to half the multiply-accumulates: what it costs in accuracy and gives in measured time. A pruned
 * network is trained on for at most a quarter of the epochs of the dense one, on the same samples. Accuracy on the 10,000
 * official test digits; differences are paired by seed, with 95 % intervals by Student's t. Times are medians of
 * alternating runs at batch 1 on one thread of this machine.
 */
import { evaluate } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { footprintOf, type PruneOptions, prune } from '../src/prune/index.ts';
import { interval, percent, points } from './intervals.ts';
import { medians } from './prune-latency.ts';
import { denseNetwork, type NetworkName, networks } from './prune-networks.ts';

interface Task {
  readonly pruning: PruneOptions & { readonly epochs: number };
  /** Points that may be lost. */
  readonly limit: number;
}

const half = { macs: 0.5, epochs: 1 } as const;
/** Kernels work in blocks of eight channels; chosen on seeds 100 and up. */
const inBlocks = { ...half, roundTo: 8, scope: 'uniform' } as const;

const tasks: Readonly<Record<NetworkName, Task>> = {
  cnn: { pruning: { ...half, training: { learningRate: 0.002 } }, limit: 0.003 },
  resnet8: {
    pruning: { ...inBlocks, training: { learningRate: 0.004, batchSize: 32, limit: 8_000 } },
    limit: 0.01,
  },
  resnet20: {
    pruning: { ...inBlocks, training: { learningRate: 0.004, batchSize: 32, limit: 6_000 } },
    limit: 0.01,
  },
};

/** Ways to prune, by name. */
const ways: Readonly<Record<string, PruneOptions>> = {
  'l2, no training': { epochs: 0 },
  l2: {},
  'taylor, kernels of 8': { importance: 'taylor', samples: 512, roundTo: 8 },
  'taylor of 8, distilled': { importance: 'taylor', samples: 512, roundTo: 8, distill: true },
};

interface Outcome {
  readonly accuracy: number;
  readonly model: Model;
}

type Outcomes = ReadonlyMap<string, Outcome>;

async function outcomesOf(name: NetworkName, data: Dataset, seed: number): Promise<Outcomes> {
  const accuracyOf = async (model: Model) => (await evaluate(writeModel(model), data)).accuracy;
  const before = await denseNetwork(name, data, seed);
  const outcomes = new Map<string, Outcome>([
    ['dense', { model: before, accuracy: await accuracyOf(before) }],
  ]);
  for (const [way, more] of Object.entries(ways)) {
    const { pruning } = tasks[name];
    const training = { ...pruning.training, seed: seed + 100 };
    const started = performance.now();
    const { model } = await prune(before, data, { ...pruning, ...more, training });
    const accuracy = await accuracyOf(model);
    outcomes.set(way, { model, accuracy });
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.error(`${name}, seed ${seed}, ${way}: ${percent(accuracy)} % (${seconds} s)`);
  }
  return outcomes;
}

/** Prints the table of a network. */
export async function benchChannels(name: NetworkName, seeds: number): Promise<void> {
  const data = await networks[name].open();
  const all: Outcomes[] = [];
  for (let seed = 0; seed < seeds; seed++) all.push(await outcomesOf(name, data, seed));
  const { epochs } = networks[name].training;
  const mean = percent(interval(all.map((outcomes) => outcomes.get('dense')!.accuracy)).mean);
  console.log(
    `\n${name}, channels, ${seeds} seeds: ${mean} % dense after ${epochs} epochs; pruned ones train ${tasks[name].pruning.epochs} more`,
  );
  console.log(
    'way                    accuracy %   to dense, points     MACs  weights     file   dense ms       ms   speed',
  );
  for (const way of all[0]!.keys())
    console.log(await rowOf(way, all, { sample: data.sampleShape, limit: tasks[name].limit }));
}

async function rowOf(
  way: string,
  all: readonly Outcomes[],
  { sample, limit }: { readonly sample: readonly number[]; readonly limit: number },
): Promise<string> {
  const [dense, model] = [all[0]!.get('dense')!.model, all[0]!.get(way)!.model];
  const [from, to] = [footprintOf(dense), footprintOf(model)];
  const [before, after] = (await medians([dense, model], sample)) as [number, number];
  const accuracies = all.map((outcomes) => outcomes.get(way)!.accuracy);
  const changes = all.map((outcomes, i) => accuracies[i]! - outcomes.get('dense')!.accuracy);
  const ratio = (key: 'macs' | 'parameters' | 'bytes') => (to[key] / from[key]).toFixed(3).padStart(8);
  const isWithin = way !== 'dense' && -interval(changes).mean <= limit;
  return [
    way.padEnd(22),
    percent(interval(accuracies).mean).padStart(9),
    (way === 'dense' ? '' : points(changes)).padStart(19),
    ...[ratio('macs'), ratio('parameters'), ratio('bytes')],
    before.toFixed(3).padStart(10),
    after.toFixed(3).padStart(8),
    `${(before / after).toFixed(2)}x`.padStart(7),
    isWithin ? ` within ${percent(limit)} points` : '',
  ].join(' ');
}
