/**
 * Single weights of networks set to 0 by `prune`: what it costs in accuracy, and what it gives in bytes and time, beside
 * the claims that go round ("50 %: minimal loss, 2x faster"). Each seed has its own dense network, pruned while it is
 * trained on with the same budget for all; `trained on` is the dense one after that budget. Accuracy on the 10,000 official
 * test digits; differences and ratios are paired by seed, with 95 % intervals by Student's t. Times are medians of
 * alternating runs at batch 1 on one thread of this machine.
 */
import { evaluate } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { type PruneOptions, prune, storedSize, type TuningOptions } from '../src/prune/index.ts';
import { fit } from '../src/train/index.ts';
import { interval, percent, points } from './intervals.ts';
import { medians } from './prune-latency.ts';
import { denseNetwork, isNetwork, type NetworkName, networks } from './prune-networks.ts';
import { digitsToJudge, smallNetwork, smallSamples } from './prune-small.ts';

/** A network of prune-networks.ts, or that of prune-small.ts. */
export type Subject = NetworkName | 'small';

export const isSubject = (name: string): name is Subject => name === 'small' || isNetwork(name);

/** Of the training while weights go and after: one epoch. */
const tunings: Readonly<Record<Subject, TuningOptions>> = {
  small: { learningRate: 0.003, limit: smallSamples },
  cnn: { learningRate: 0.001, limit: 30_000 },
  resnet8: { learningRate: 0.002, limit: 8_000 },
  resnet20: { learningRate: 0.002, limit: 6_000 },
};

interface Variant {
  readonly options?: PruneOptions;
  /** What is said of it: points lost, and how much faster. */
  readonly claim?: readonly [drop: string, speed: string];
}

const unstructured = { what: 'unstructured' } as const;
const twoOfFour = { what: { n: 2, m: 4 } } as const;

const variants: Readonly<Record<string, Variant>> = {
  'trained on': {},
  '50 %': { options: { ...unstructured, sparsity: 0.5 }, claim: ['minimal', '2x'] },
  '80 %': { options: { ...unstructured, sparsity: 0.8 }, claim: ['1-2', '3-4x'] },
  '90 %': { options: { ...unstructured, sparsity: 0.9 }, claim: ['3-5', '5x'] },
  '2:4': { options: twoOfFour },
  '2:4 permuted': { options: { ...twoOfFour, permute: true } },
};

interface Outcome {
  readonly accuracy: number;
  readonly model: Model;
  /** Time of the dense one over that of this one. */
  readonly speed: number;
  readonly milliseconds: number;
}

type Outcomes = ReadonlyMap<string, Outcome>;

async function outcomesOf(name: Subject, data: Dataset, seed: number): Promise<Outcomes> {
  const dense = await (name === 'small' ? smallNetwork(data, seed) : denseNetwork(name, data, seed));
  const outcomes = new Map<string, Outcome>();
  const add = async (variant: string, model: Model) => {
    const { accuracy } = await evaluate(writeModel(model), data);
    const [before, after] = (await medians([dense, model], data.sampleShape)) as [number, number];
    outcomes.set(variant, { model, accuracy, speed: before / after, milliseconds: after });
    console.error(`${name}, seed ${seed}, ${variant}: ${percent(accuracy)} %`);
  };
  await add('dense', dense);
  const training = { ...tunings[name], seed: seed + 100 };
  for (const [variant, { options }] of Object.entries(variants)) {
    const { model } = options
      ? await prune(dense, data, { ...options, training })
      : await fit(dense, data, { schedule: 'cosine', ...training, epochs: 1 });
    await add(variant, model);
  }
  return outcomes;
}

/** Prints the table of a network. */
export async function benchUnstructured(name: Subject, seeds: number): Promise<void> {
  const data = await (name === 'small' ? digitsToJudge('test') : networks[name].open());
  const all: Outcomes[] = [];
  for (let seed = 0; seed < seeds; seed++) all.push(await outcomesOf(name, data, seed));
  const mean = percent(interval(all.map((outcomes) => outcomes.get('dense')!.accuracy)).mean);
  console.log(
    `\n${name}, single weights, ${seeds} seeds: ${mean} % dense; points against dense, claims of a drop in points`,
  );
  console.log(
    'variant       accuracy %     change, points   claimed drop   nonzero    bytes   gzip bytes      ms    speed, measured   claimed',
  );
  for (const variant of all[0]!.keys()) console.log(rowOf(variant, all));
}

function rowOf(variant: string, all: readonly Outcomes[]): string {
  const own = all.map((outcomes) => outcomes.get(variant)!);
  const changes = all.map((outcomes) => outcomes.get(variant)!.accuracy - outcomes.get('dense')!.accuracy);
  const sizes = own.map(({ model }) => storedSize(model));
  const meanOf = (key: 'nonzero' | 'bytes' | 'zipped') =>
    interval(sizes.map((size) => size[key])).mean.toFixed(0);
  const speed = interval(own.map((outcome) => outcome.speed));
  const [drop, claimed] = variants[variant]?.claim ?? ['', ''];
  return [
    variant.padEnd(13),
    percent(interval(own.map(({ accuracy }) => accuracy)).mean).padStart(10),
    (variant === 'dense' ? '' : points(changes)).padStart(18),
    drop.padStart(14),
    ...[meanOf('nonzero').padStart(9), meanOf('bytes').padStart(8), meanOf('zipped').padStart(12)],
    interval(own.map(({ milliseconds }) => milliseconds))
      .mean.toFixed(3)
      .padStart(7),
    `${speed.mean.toFixed(2)} +- ${speed.half.toFixed(2)}`.padStart(18),
    claimed.padStart(9),
  ].join(' ');
}
