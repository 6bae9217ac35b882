/**
 * What AdaRound regains of the accuracy that rounding 4-bit weights to nearest loses, with 8-bit activations, on networks
 * trained here on MNIST. What 8-bit activations and weights lose is printed as well: choosing integers of 4 bits cannot
 * regain it, so that the share is given of both. With --low-bit low-bit activations too, AdaRound against the
 * reconstruction of whole blocks behind AdaRound, with as many steps. All as measured on the 10,000 official test digits,
 * output SQNR beside it.
 *
 *     node bench/ada-round.ts [network, default mobile] [seeds, default 3] [first seed, default 0] [--low-bit]
 */
import { parseArgs } from 'node:util';
import { evaluate } from '../src/bench/index.ts';
import { Dataset, mnist } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { constantOf } from '../src/ops/index.ts';
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
import { adaRound } from '../src/quantize/repair/ada-round/index.ts';
import { blockReconstruction } from '../src/quantize/repair/block-reconstruction/index.ts';
import type { EncodedModel } from '../src/quantize/repair/index.ts';
import { seqMse } from '../src/quantize/repair/seq-mse/index.ts';
import { measureNoise } from '../src/quantize/sqnr.ts';
import type { Feeds } from '../src/runtime/index.ts';
import { fit } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'low-bit': { type: 'boolean' } },
});
const [network = 'mobile', seeds = '3', firstSeed = '0'] = positionals;
const digits = await mnist();
/** A sixth of the training digits, for a training of seconds. */
const data = new Dataset({
  ...digits,
  splits: { ...digits.splits, train: (await digits.holdOut({ validation: 1 / 6 })).splits.validation! },
});

interface Subject extends EncodedModel {
  readonly calibration: readonly Feeds[];
  readonly test: readonly Feeds[];
}

async function collect(feeds: AsyncIterable<Feeds>): Promise<Feeds[]> {
  const all: Feeds[] = [];
  for await (const one of feeds) all.push(one);
  return all;
}

async function encoded(
  model: Model,
  { weights, activations, perChannel }: { weights: number; activations: number; perChannel: boolean },
): Promise<Subject> {
  const float = prepare(model);
  const plan = planOf(float);
  const roots = [...new Set(plan.activations.values())];
  const calibration = await collect(feedsOf(model, data, { limit: 512 }));
  const names = roots.filter((root) => !constantOf(root)).map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration, observer: minMax });
  for (const root of roots) {
    const constant = constantOf(root);
    const observer = minMax(root.name);
    if (constant) observer.observe(constant.data as Float32Array);
    if (constant) ranges.set(root.name, observer.range());
  }
  const largest = 2 ** (weights - 1) - 1;
  const encodings = encode(plan, ranges, {
    activations: { dtype: 'uint8', integers: { min: 0, max: 2 ** activations - 1 } },
    weights: { integers: { min: -largest, max: largest }, perChannel },
  });
  return {
    float,
    encodings,
    calibration,
    test: await collect(feedsOf(model, data, { limit: 512, split: 'test' })),
  };
}

async function measure(name: string, subject: Subject, encodings?: Encodings): Promise<number> {
  const model = encodings ? emit(subject.float, encodings).model : subject.float;
  const { accuracy } = await evaluate(writeModel(model), data);
  const noise = await measureNoise(
    { float: subject.float, quantized: model, feeds: subject.test },
    new Map(),
  );
  const sqnr = noise.outputs[0]!.sqnr;
  console.log(
    `  ${name.padEnd(34)} ${(100 * accuracy).toFixed(2).padStart(6)} %  ${sqnr.toFixed(1).padStart(6)} dB`,
  );
  return accuracy;
}

type Method = (subject: Subject) => Promise<{ encodings: Encodings }>;

async function timed(name: string, subject: Subject, method: Method): Promise<number> {
  const started = performance.now();
  const { encodings } = await method(subject);
  const seconds = (performance.now() - started) / 1000;
  return measure(`${name} (${seconds.toFixed(1)} s)`, subject, encodings);
}

const scaled = async (subject: Subject): Promise<Subject> => ({
  ...subject,
  ...(await seqMse(subject, { calibration: subject.calibration })),
});

async function weightsOf4Bits(model: Model, perChannel: boolean): Promise<void> {
  const subject = await encoded(model, { weights: 4, activations: 8, perChannel });
  console.log(` W4A8, ${perChannel ? 'a scale a channel' : 'one scale a tensor'}`);
  const float = await measure('float', subject);
  const bytes = await encoded(model, { weights: 8, activations: 8, perChannel });
  const eight = await measure('W8A8, nearest', bytes, bytes.encodings);
  const nearest = await measure('nearest', subject, subject.encodings);
  await timed('seq-mse', subject, scaled);
  const rounded = await timed('AdaRound', subject, (s) => adaRound(s, s));
  const share = (of: number): string => `${((100 * (rounded - nearest)) / (of - nearest)).toFixed(0)} %`;
  console.log(
    `  AdaRound regains ${share(float)} of what nearest rounding loses to float, ${share(eight)} of what it loses to W8A8`,
  );
}

async function lowBit(model: Model, weights: number): Promise<void> {
  const subject = await scaled(await encoded(model, { weights, activations: 4, perChannel: true }));
  console.log(` W${weights}A4, a scale a channel by seq-mse`);
  await measure('float', subject);
  await measure('nearest', subject, subject.encodings);
  const rounded = { ...subject, ...(await adaRound(subject, { ...subject, iterations: steps })) };
  await measure(`AdaRound, ${steps} steps`, subject, rounded.encodings);
  await timed(`AdaRound, ${2 * steps} steps`, subject, (s) => adaRound(s, { ...s, iterations: 2 * steps }));
  const blocks = { ...subject, iterations: steps };
  for (const fisher of [false, true])
    for (const drop of [0, 0.5]) {
      const name = `then blocks${fisher ? ', Fisher' : ''}${drop > 0 ? ', QDrop' : ''}`;
      await timed(name, subject, () => blockReconstruction(rounded, { ...blocks, drop, fisher }));
    }
}

/** Of AdaRound a layer, then of reconstruction a block. */
const steps = 500;

for (let i = 0; i < Number(seeds); i++) {
  const seed = Number(firstSeed) + i;
  const fresh = architecture(network, { sample: data.sampleShape, classes: data.classNames.length, seed });
  const { model } = await fit(fresh, data, { epochs: 2, learningRate: 0.003, schedule: 'one-cycle', seed });
  console.log(`${network}, seed ${seed}`);
  if (values['low-bit']) for (const weights of [4, 2]) await lowBit(model, weights);
  else for (const perChannel of [true, false]) await weightsOf4Bits(model, perChannel);
}
