/**
 * Structured pruning to half the multiply-accumulates: what it costs in accuracy and gives in measured time. Dense networks
 * are trained once a seed and kept in out/prune-models; a pruned one is trained on for at most a quarter of their
 * epochs, on the same samples. Accuracy on the 10,000 official test digits; differences are paired by seed, with 95 % intervals by
 * Student's t. Times are medians of alternating runs at batch 1 on one thread of this machine. The table of single weights
 * of prune-unstructured.ts and that of schedules, over 5 seeds at least, of prune-schedules.ts follow.
 *
 *     node bench/prune.ts [--seeds 3] [--only-channels] [--only-weights] [--only-schedules] [cnn] [resnet8] [resnet20]
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '../src/bench/index.ts';
import { type Dataset, mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { loadModel, saveModel, writeModel } from '../src/onnx/index.ts';
import { footprintOf, type PruneOptions, prune } from '../src/prune/index.ts';
import { type FitOptions, fit } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';
import { pruneArguments } from './prune-arguments.ts';
import { benchSchedules } from './prune-schedules.ts';
import { interval, medians, percent, points } from './prune-statistics.ts';
import { benchUnstructured } from './prune-unstructured.ts';
import { digits } from './quantization-data.ts';

interface Network {
  readonly open: () => Promise<Dataset>;
  readonly training: FitOptions & { readonly epochs: number };
  readonly pruning: PruneOptions;
  /** Points that may be lost. */
  readonly limit: number;
}

const oneCycle = { schedule: 'one-cycle', learningRate: 0.005 } as const;
const half = { macs: 0.5, epochs: 1 } as const;
/** Kernels work in blocks of eight channels; chosen on seeds 100 and up. */
const inBlocks = { ...half, roundTo: 8, scope: 'uniform' } as const;

const networks: Readonly<Record<string, Network>> = {
  cnn: {
    open: mnist,
    training: { ...oneCycle, learningRate: 0.003, epochs: 4 },
    pruning: { ...half, training: { learningRate: 0.002 } },
    limit: 0.003,
  },
  resnet8: {
    open: () => digits(32),
    training: { ...oneCycle, epochs: 4, limit: 8_000 },
    pruning: { ...inBlocks, training: { learningRate: 0.004, batchSize: 32, limit: 8_000 } },
    limit: 0.01,
  },
  resnet20: {
    open: () => digits(32),
    training: { ...oneCycle, epochs: 4, limit: 6_000 },
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

/** The trained network of a seed: what is there already is read. */
async function dense(name: string, { training }: Network, { data, seed }: { data: Dataset; seed: number }) {
  const start = architecture(name, { sample: data.sampleShape, classes: 10, seed });
  const hash = createHash('sha256')
    .update(JSON.stringify({ training, data: data.name }))
    .update(writeModel(start));
  const path = join('out', 'prune-models', `${name}-${seed}-${hash.digest('hex').slice(0, 12)}.onnx`);
  if (existsSync(path)) return loadModel(path);
  mkdirSync(join('out', 'prune-models'), { recursive: true });
  const { model } = await fit(start, data, { ...training, seed });
  await saveModel(model, path);
  return model;
}

interface Outcome {
  readonly accuracy: number;
  readonly model: Model;
}

type Outcomes = ReadonlyMap<string, Outcome>;

async function outcomesOf(
  name: string,
  network: Network,
  { data, seed }: { data: Dataset; seed: number },
): Promise<Outcomes> {
  const accuracyOf = async (model: Model) => (await evaluate(writeModel(model), data)).accuracy;
  const before = await dense(name, network, { data, seed });
  const outcomes = new Map<string, Outcome>([
    ['dense', { model: before, accuracy: await accuracyOf(before) }],
  ]);
  for (const [way, more] of Object.entries(ways)) {
    const { pruning } = network;
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

async function report(name: string, network: Network, seeds: number): Promise<void> {
  const data = await network.open();
  const all: Outcomes[] = [];
  for (let seed = 0; seed < seeds; seed++) all.push(await outcomesOf(name, network, { data, seed }));
  const accuracies = (way: string) => all.map((outcomes) => outcomes.get(way)!.accuracy);
  const { epochs } = network.training;
  const mean = percent(interval(accuracies('dense')).mean);
  console.log(
    `\n${name}, ${seeds} seeds: ${mean} % dense after ${epochs} epochs; pruned ones train ${network.pruning.epochs} more`,
  );
  console.log(
    'way                    accuracy %   to dense, points     MACs  weights     file   dense ms       ms   speed',
  );
  const [first] = all;
  for (const [way, { model }] of first!) {
    const [from, to] = [footprintOf(first!.get('dense')!.model), footprintOf(model)];
    const [before, after] = (await medians([first!.get('dense')!.model, model], data.sampleShape)) as [
      number,
      number,
    ];
    const changes = accuracies(way).map((accuracy, i) => accuracy - accuracies('dense')[i]!);
    const ratio = (key: 'macs' | 'parameters' | 'bytes') => (to[key] / from[key]).toFixed(3).padStart(8);
    const cells = [
      way.padEnd(22),
      percent(interval(accuracies(way)).mean).padStart(9),
      (way === 'dense' ? '' : points(changes)).padStart(19),
      ...[ratio('macs'), ratio('parameters'), ratio('bytes')],
      before.toFixed(3).padStart(10),
      after.toFixed(3).padStart(8),
      `${(before / after).toFixed(2)}x`.padStart(7),
      way === 'dense' || -interval(changes).mean > network.limit
        ? ''
        : ` within ${percent(network.limit)} points`,
    ];
    console.log(cells.join(' '));
  }
}

if (import.meta.main) {
  const parts = ['only-channels', 'only-weights', 'only-schedules'];
  const { names, seeds, flags } = pruneArguments(Object.keys(networks), { seeds: 3, flags: parts });
  const isAsked = (part: string) => flags.size === 0 || flags.has(part);
  if (isAsked('only-channels')) for (const name of names) await report(name, networks[name]!, seeds);
  if (isAsked('only-weights')) await benchUnstructured(['cnn'], seeds);
  if (isAsked('only-schedules')) await benchSchedules(Math.max(5, seeds));
}
