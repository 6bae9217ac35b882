/**
 * Whether a small student learns more with a teacher than without, from the same few labelled images in as many steps.
 * Task: 500 images of MNIST, drawn anew for each seed; a student of two narrow convolutions; a teacher that saw 20 000
 * others. Each row is compared with the same student trained by labels alone from the same weights, on the same images in
 * the same order. Intervals are Student's t over the paired differences. `node bench/distill.ts [--seeds 8]`.
 */
import { parseArgs } from 'node:util';
import { evaluate } from '../src/bench/index.ts';
import { type Dataset, mnist, selectSamples } from '../src/data/index.ts';
import { type DistillOptions, distill } from '../src/distill/index.ts';
import type { Model } from '../src/ir/index.ts';
import { conv2d, dense, flatten, relu, sequential } from '../src/layers/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { modelCost } from '../src/ops/index.ts';
import { permutation, random } from '../src/random.ts';
import { Report } from '../src/report.ts';
import { fit } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '8' } } });
const seeds = Number(values.seeds);
const [labelled, forTeacher, batchSize, epochs] = [500, 20_000, 50, 40];
const unlabelledEpochs = 4;

const student = (seed: number): Model =>
  sequential(
    [1, 28, 28],
    [conv2d(4, 3, { stride: 2 }), relu(), conv2d(8, 3, { stride: 2 }), relu(), flatten(), dense(10)],
    { seed },
  );

const methods: [name: string, options: DistillOptions][] = [
  ['kl, T 4', { losses: 'kl', temperature: 4, alpha: 0.9 }],
  ['mse of scores', { losses: { mse: 0.1 }, alpha: 0.9 }],
  ['feature', { losses: 'feature' }],
  ['attention', { losses: 'attention' }],
  ['relational', { losses: 'relational' }],
  ['kl + attention', { losses: { kl: 1, attention: 100 }, temperature: 4, alpha: 0.9 }],
];

/** Quantiles of Student's t at 97.5 % by degrees of freedom from 1. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
];

function interval(differences: readonly number[]): { mean: number; low: number; high: number } {
  const count = differences.length;
  const quantile = quantiles[count - 2];
  if (quantile === undefined) throw new Error(`--seeds must be 2 to ${quantiles.length + 1}, was ${count}`);
  const mean = differences.reduce((a, b) => a + b, 0) / count;
  const variance = differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1);
  const half = quantile * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}

const part = (data: Dataset, indices: Uint32Array): Dataset =>
  data.with({ splits: { ...data.splits, train: selectSamples(data.split('train'), indices, data) } });

const accuracyOf = async (model: Model, data: Dataset): Promise<number> =>
  (await evaluate(writeModel(model), data)).accuracy;

async function main(): Promise<void> {
  const data = await mnist();
  const order = permutation(data.size('train'), random(1));
  const ofTeacher = part(data, order.subarray(0, forTeacher));
  const rest = order.subarray(forTeacher);
  const shape = { sample: [1, 28, 28], classes: 10 };
  const options = { epochs: 4, schedule: 'cosine', seed: 1 } as const;
  const { model: teacher } = await fit(architecture('lenet', shape), ofTeacher, options);
  const teacherAccuracy = await accuracyOf(teacher, data);
  const found = new Map<string, number[]>();
  const add = (name: string, accuracy: number): void =>
    void found.set(name, [...(found.get(name) ?? []), accuracy]);
  for (let seed = 1; seed <= seeds; seed++) {
    const drawn = permutation(rest.length, random(seed)).map((i) => rest[i]!);
    const few = part(data, drawn.subarray(0, labelled));
    const many = part(data, drawn.subarray(0, (labelled * epochs) / unlabelledEpochs));
    const { labels, ...images } = many.split('train');
    const bare = many.with({ splits: { train: images } });
    const fitted = { epochs, batchSize, seed, schedule: 'cosine', learningRate: 3e-3 } as const;
    add('labels alone', await accuracyOf((await fit(student(seed), few, fitted)).model, data));
    for (const [name, own] of methods)
      add(
        name,
        await accuracyOf((await distill(teacher, student(seed), few, { ...fitted, ...own })).model, data),
      );
    const free = { ...fitted, epochs: unlabelledEpochs, temperature: 4 };
    add(
      `kl, ${many.size('train')} unlabelled`,
      await accuracyOf((await distill(teacher, student(seed), bare, free)).model, data),
    );
    console.error(`seed ${seed} of ${seeds} done`);
  }
  const base = found.get('labels alone')!;
  const percent = { unit: '%', scale: 100, decimals: 2 };
  const points = { unit: 'points', scale: 100, decimals: 2, signed: true };
  const rows = [...found].map(([name, all]) => {
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const gain = interval(all.map((accuracy, i) => accuracy - base[i]!));
    const isBase = name === 'labels alone';
    return {
      ...{ name, mean, least: Math.min(...all), most: Math.max(...all), kept: mean / teacherAccuracy },
      ...(isBase
        ? {}
        : { gain: gain.mean, low: gain.low, high: gain.high, beats: gain.low > 0 ? 'yes' : 'no' }),
    };
  });
  const [small, large] = [student(1), teacher].map((model) => ({
    macs: modelCost(model).macs,
    bytes: writeModel(model).length,
  }));
  console.log(
    new Report({
      title: `MNIST, ${labelled} labelled images, ${(labelled * epochs) / batchSize} steps of ${batchSize}, seeds 1 to ${seeds}, test ${data.size('test')}. Teacher ${(100 * teacherAccuracy).toFixed(2)} % (${large!.bytes} bytes, ${large!.macs} MACs), student ${small!.bytes} bytes, ${small!.macs} MACs`,
      columns: [
        { key: 'name', header: 'student learns from' },
        { key: 'mean', header: 'accuracy', ...percent },
        { key: 'least', header: 'least', ...percent },
        { key: 'most', header: 'most', ...percent },
        { key: 'kept', header: 'of the teacher', ...percent },
        { key: 'gain', header: 'against labels alone', ...points },
        { key: 'low', header: '95 % from', ...points },
        { key: 'high', header: 'to', ...points },
        { key: 'beats', header: 'excludes 0' },
      ],
      rows,
    }).toText({ width: 160 }),
  );
  const best = rows.filter(({ beats }) => beats === 'yes');
  if (best.length === 0) {
    console.error('No loss beats labels alone by a margin whose interval excludes 0');
    process.exitCode = 1;
  }
}

await main();
