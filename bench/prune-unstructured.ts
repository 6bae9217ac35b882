/**
 * Single weights of networks set to 0: what it costs in accuracy, and what it gives in bytes and time, beside the claims
 * that go round ("50 %: minimal loss, 2x", "80 %: 1-2 %, 3-4x", "90 %: 3-5 %, 5x"). Each network is trained anew for every seed, then pruned while it
 * is trained on with the same budget for all. Accuracy on the 10,000 official test digits; differences are paired by seed,
 * with 95 % intervals by Student's t. Times are medians of alternating runs at batch 1 on one thread of this machine.
 *
 *     node bench/prune-unstructured.ts [--seeds 5] [cnn] [resnet8]
 */
import { evaluate } from '../src/bench/index.ts';
import { type Dataset, mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import {
  type BlockPattern,
  type MaskScheduleOptions,
  maskSchedule,
  permuteChannels,
  storedSize,
} from '../src/prune/index.ts';
import { type FitOptions, fit } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';
import { pruneArguments } from './prune-arguments.ts';
import { interval, medians, percent, points, verdict } from './prune-statistics.ts';
import { digits } from './quantization-data.ts';

interface Network {
  readonly open: () => Promise<Dataset>;
  readonly training: FitOptions;
  /** Of the training while weights go. */
  readonly tuning: FitOptions;
}

const networks: Readonly<Record<string, Network>> = {
  cnn: {
    open: mnist,
    training: { epochs: 1, learningRate: 0.003, schedule: 'one-cycle' },
    tuning: { epochs: 1, learningRate: 0.001, limit: 30_000, schedule: 'cosine' },
  },
  resnet8: {
    open: () => digits(32),
    training: { epochs: 1, learningRate: 0.005, schedule: 'one-cycle', limit: 16_000 },
    tuning: { epochs: 1, learningRate: 0.002, schedule: 'cosine', limit: 8_000 },
  },
};

interface Variant {
  readonly options?: MaskScheduleOptions;
  /** Reorders channels for the pattern before. */
  readonly permute?: BlockPattern;
  readonly claim?: string;
}

const twoOfFour: BlockPattern = { n: 2, m: 4 };

const variants: Readonly<Record<string, Variant>> = {
  'trained on': {},
  '50 %': { options: { sparsity: 0.5 }, claim: 'minimal, 2x' },
  '80 %': { options: { sparsity: 0.8 }, claim: '1-2 points, 3-4x' },
  '90 %': { options: { sparsity: 0.9 }, claim: '3-5 points, 5x' },
  '90 % oneshot': { options: { sparsity: 0.9, schedule: 'oneshot' } },
  '2:4': { options: { pattern: twoOfFour, schedule: 'oneshot' } },
  '2:4 permuted': { options: { pattern: twoOfFour, schedule: 'oneshot' }, permute: twoOfFour },
};

interface Outcome {
  readonly accuracy: number;
  readonly model: Model;
}

async function outcomesOf(name: string, { open, training, tuning }: Network, seed: number) {
  const data = await open();
  const accuracyOf = async (model: Model) => (await evaluate(writeModel(model), data)).accuracy;
  const start = architecture(name, { sample: data.sampleShape, classes: 10, seed });
  const { model: dense } = await fit(start, data, { ...training, seed });
  const outcomes = new Map<string, Outcome>([['dense', { model: dense, accuracy: await accuracyOf(dense) }]]);
  for (const [variant, { options, permute }] of Object.entries(variants)) {
    const masks = options && maskSchedule(options);
    const begin = permute ? (await permuteChannels(dense, { pattern: permute })).model : dense;
    const { model } = await fit(begin, data, { ...tuning, seed: seed + 100, ...(masks && { masks }) });
    outcomes.set(variant, { model, accuracy: await accuracyOf(model) });
    console.error(`${name}, seed ${seed}, ${variant}: ${percent(outcomes.get(variant)!.accuracy)} %`);
  }
  return { outcomes, sample: data.sampleShape };
}

async function report(name: string, network: Network, seeds: number): Promise<void> {
  const all: Awaited<ReturnType<typeof outcomesOf>>[] = [];
  for (let seed = 0; seed < seeds; seed++) all.push(await outcomesOf(name, network, seed));
  const accuracies = (variant: string) => all.map(({ outcomes }) => outcomes.get(variant)!.accuracy);
  const against = (variant: string, other: string) =>
    accuracies(variant).map((accuracy, i) => accuracy - accuracies(other)[i]!);
  const { outcomes, sample } = all[0]!;
  const dense = outcomes.get('dense')!.model;
  console.log(`\n${name}, ${seeds} seeds: accuracy ${percent(interval(accuracies('dense')).mean)} % dense`);
  console.log(
    'variant        accuracy %   to dense, points   nonzero    bytes   gzip bytes sparse bytes   dense ms       ms    speed   claimed loss, speed',
  );
  for (const [variant, { model }] of outcomes) {
    const size = storedSize(model);
    const [before, after] = (await medians([dense, model], sample)) as [number, number];
    const cells = [
      variant.padEnd(14),
      percent(interval(accuracies(variant)).mean).padStart(9),
      (variant === 'dense' ? '' : points(against(variant, 'dense'))).padStart(19),
      `${size.nonzero}`.padStart(10),
      `${size.bytes}`.padStart(9),
      `${size.zipped}`.padStart(11),
      `${size.sparse}`.padStart(12),
      before.toFixed(3).padStart(11),
      after.toFixed(3).padStart(8),
      `${(before / after).toFixed(2)}x`.padStart(8),
      `  ${variants[variant]?.claim ?? ''}`,
    ];
    console.log(cells.join(' '));
  }
  const gain = against('90 %', '90 % oneshot');
  console.log(
    `polynomial against oneshot at 90 %: ${points(gain)} points over ${seeds} seeds: ${verdict(gain)}`,
  );
}

/** Prints the table of each network. */
export async function benchUnstructured(names: readonly string[], seeds: number): Promise<void> {
  for (const name of names) await report(name, networks[name]!, seeds);
}

if (import.meta.main) {
  const { names, seeds } = pruneArguments(Object.keys(networks), { seeds: 5 });
  await benchUnstructured(names, seeds);
}
