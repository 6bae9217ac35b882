/**
 * What training with integers wins back: a small network with pooling (206,922 weights) learns the official MNIST in
 * float, is quantized by the ranges of 512 samples (min-max), and trains part of an epoch more with integers, taught by the float
 * network, with its scales fixed and learned. Prints accuracy on the 10,000 official test digits, the mean of some seeds,
 * and the time of a step beside that of float training.
 * Usage: node bench/qat.ts [seeds, default 2] [samples of the epoch, default 19200]
 */
import { loadavg } from 'node:os';
import { evaluate } from '../src/bench/index.ts';
import { mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { conv2d, dense, flatten, maxPool2d, relu, sequential } from '../src/layers/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import {
  calibrate,
  type Encodings,
  emit,
  encode,
  feedsOf,
  minMax,
  planOf,
  prepare,
} from '../src/quantize/index.ts';
import { qat } from '../src/quantize/qat/index.ts';
import { type FitProgress, fit } from '../src/train/index.ts';

const [seeds, limit] = [Number(process.argv[2] ?? 2), Number(process.argv[3] ?? 19_200)];
const forms = [
  [8, 8],
  [4, 8],
  [4, 4],
  [3, 4],
  [2, 4],
  [2, 2],
] as const;
const data = await mnist();

async function floatModel(seed: number): Promise<Model> {
  const start = sequential(
    data.sampleShape,
    [
      ...[conv2d(16, 3), relu(), maxPool2d(2), conv2d(32, 3), relu(), maxPool2d(2)],
      ...[flatten(), dense(128), relu(), dense(10)],
    ],
    { seed },
  );
  const options = { epochs: 3, learningRate: 2e-3, schedule: 'one-cycle', seed } as const;
  return prepare((await fit(start, data, options)).model);
}

async function encodingsFor(float: Model, weights: number, activations: number): Promise<Encodings> {
  const plan = planOf(float);
  const names = [...new Set(plan.activations.values())].map(({ name }) => name);
  const ranges = await calibrate(float, names, { observer: minMax, calibration: feedsOf(float, data) });
  const largest = 2 ** (weights - 1) - 1;
  return encode(plan, ranges, {
    activations: { dtype: 'uint8', integers: { min: 0, max: 2 ** activations - 1 } },
    weights: { integers: { min: -largest, max: largest }, perChannel: true },
  });
}

const accuracyOf = async (model: Model): Promise<number> =>
  (await evaluate(writeModel(model), data)).accuracy;

/** Milliseconds a step of the fastest tenth of the calls, which is how a quiet machine trains. */
function stopwatch() {
  const perStep: number[] = [];
  let last: number | undefined;
  const onProgress = ({ steps }: FitProgress): void => {
    const now = performance.now();
    if (last !== undefined) perStep.push((now - last) / steps.length);
    last = now;
  };
  const fastest = (): number => perStep.toSorted((a, b) => a - b)[Math.floor(perStep.length / 10)]!;
  return { onProgress, fastest };
}

interface Outcome {
  readonly ptq: number;
  readonly fixed: number;
  readonly learned: number;
  readonly step: number;
  readonly learnedStep: number;
}

async function outcomeOf(float: Model, encodings: Encodings, seed: number): Promise<Outcome> {
  const [fixed, learned] = [stopwatch(), stopwatch()];
  const { model: kept } = await qat(float, encodings, { data, limit, seed, onProgress: fixed.onProgress });
  const { model: free } = await qat(float, encodings, {
    ...{ data, limit, seed, learnScales: true },
    onProgress: learned.onProgress,
  });
  return {
    ptq: await accuracyOf(emit(float, encodings).model),
    ...{ fixed: await accuracyOf(kept), learned: await accuracyOf(free) },
    ...{ step: fixed.fastest(), learnedStep: learned.fastest() },
  };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const percent = (numbers: readonly number[]): string => `${(100 * mean(numbers)).toFixed(2)} %`.padStart(9);
const ms = (numbers: readonly number[]): string => `${mean(numbers).toFixed(1)} ms`.padStart(9);

const floats: { seed: number; float: Model; accuracy: number; step: number; distilled: number }[] = [];
for (let seed = 1; seed <= seeds; seed++) {
  const float = await floatModel(seed);
  const [plain, taught] = [stopwatch(), stopwatch()];
  const still = { limit: 6400, learningRate: 1e-6 };
  await fit(float, data, { ...still, onProgress: plain.onProgress });
  await fit(float, data, { ...still, teacher: float, loss: 'kl', onProgress: taught.onProgress });
  const times = { step: plain.fastest(), distilled: taught.fastest() };
  floats.push({ seed, float, accuracy: await accuracyOf(float), ...times });
}
console.log(
  `float ${percent(floats.map(({ accuracy }) => accuracy)).trim()}; a step of 64 ${ms(floats.map(({ step }) => step)).trim()}, ` +
    `with a teacher ${ms(floats.map(({ distilled }) => distilled)).trim()} (${seeds} seed(s), ${limit} samples, load ${loadavg()[0]!.toFixed(1)})`,
);
console.log('           ptq qat fixed   learned      step   learned');
for (const [weights, activations] of forms) {
  const outcomes: Outcome[] = [];
  for (const { float, seed } of floats)
    outcomes.push(await outcomeOf(float, await encodingsFor(float, weights, activations), seed));
  const cells = [
    ...(['ptq', 'fixed', 'learned'] as const).map((key) => percent(outcomes.map((outcome) => outcome[key]))),
    ...(['step', 'learnedStep'] as const).map((key) => ms(outcomes.map((outcome) => outcome[key]))),
  ];
  console.log(`W${weights}A${activations} ${cells.join(' ')}`);
}
