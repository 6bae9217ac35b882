/**
 * Runs of our quantizer within a limit of the drop (`--max-drop`): each seed parts the test split into a half that the
 * search sees and one that it does not, on which the drop counts.
 */
import { readFileSync } from 'node:fs';
import { Dataset, readNpy } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { loadModel, writeModel } from '../src/onnx/index.ts';
import type { QuantizedModel } from '../src/quantize/index.ts';
import { type Halves, halvesOf, metricOf, SearchReport, splitSamples } from '../src/quantize/search/index.ts';
import { InferenceSession } from '../src/runtime/index.ts';
import type { PreparedModel } from './quantization-models.ts';
import { NpyFile } from './quantization-npy.ts';
import { batches, type LimitedSetting, withinLimit } from './quantization-ours.ts';

export interface LimitedRun {
  readonly seed: number;
  /** Candidates that the search judged. */
  readonly evaluations: number;
  /** Samples that it ran them on, as passes over its half: it stops a candidate when it is sure. */
  readonly passes: number;
  /** Share of right answers that is lost by what would be without a limit: held-out half. */
  readonly unlimited: number;
  /** The same of the model that was chosen, as the search saw it on its half, up to where it was sure. */
  readonly searched: number;
  /** On the other half. */
  readonly heldOut: number;
  /** Of multiply-accumulates. */
  readonly int8Share: number;
  readonly floatUnits: number;
  /** With 8-bit weights where there were fewer bits. */
  readonly widerUnits: number;
  /** Activations and weights that full quantization rounds: the n of the bound. */
  readonly quantizers: number;
  readonly seconds: number;
}

/** What the claim allows for so many quantizers. */
export const allowed = (quantizers: number): number => 2 + 2 * Math.log2(quantizers);

export interface LimitJob {
  readonly prepared: PreparedModel;
  readonly setting: LimitedSetting;
  readonly maxDrop: number;
}

/** One run for each seed from 0, told as it is done. The model must have labels. */
export async function limitedRuns(
  job: LimitJob,
  { seeds, onRun }: { seeds: number; onRun?: (run: LimitedRun) => void },
): Promise<LimitedRun[]> {
  const model = await loadModel(job.prepared.float);
  const data = testSplit(job.prepared);
  const runs: LimitedRun[] = [];
  const whole = await unlimited(model, job);
  for (let seed = 0; seed < seeds; seed++) {
    const halves = halvesOf(data, 'test', seed);
    const started = performance.now();
    const found = await searched(model, job, halves);
    const seconds = (performance.now() - started) / 1000;
    const at = { float: model, data: halves.report };
    const [exact, plain, reached] = [
      await accuracyOf(writeModel(model), at),
      await accuracyOf(writeModel(whole.model), at),
      await accuracyOf(writeModel(found.model), at),
    ];
    const run = {
      ...{ seed, seconds, quantizers: whole.quantizers },
      ...{ unlimited: exact - plain, heldOut: exact - reached },
      ...figuresOf(found, halves.search.size('test')),
    };
    runs.push(run);
    onRun?.(run);
  }
  return runs;
}

/** The samples of the test file with their labels. */
export function testSplit({ name, test, labels }: PreparedModel): Dataset {
  const file = new NpyFile(test);
  const { data, shape } = file.read(0, file.size);
  file.close();
  const classes = Uint8Array.from(readNpy(readFileSync(labels!), labels!).data as Int32Array);
  const count = 1 + classes.reduce((a, b) => Math.max(a, b), 0);
  const channels = shape[1]!;
  return new Dataset({
    name,
    sampleShape: shape.slice(1),
    classNames: Array.from({ length: count }, (_, i) => String(i)),
    splits: { test: { images: data, labels: classes } },
    normalization: {
      scale: 1,
      mean: new Array(channels).fill(0),
      std: new Array(channels).fill(1),
    },
  });
}

const calibrationOf = (model: Model, prepared: PreparedModel) =>
  batches(prepared, model.graph.inputs[0]!.name);

/** The candidate that every search begins with. */
async function unlimited(model: Model, { prepared, setting }: LimitJob) {
  const { model: quantized, encodings } = await withinLimit(model, calibrationOf(model, prepared), setting);
  return { model: quantized, quantizers: encodings.activations.size + encodings.weights.size };
}

function searched(
  model: Model,
  { prepared, setting, maxDrop }: LimitJob,
  { search }: Halves,
): Promise<QuantizedModel> {
  const limit = { maxDrop, metric: metricOf('top1'), samples: splitSamples(model, search, 'test') };
  return withinLimit(model, calibrationOf(model, prepared), { ...setting, limit });
}

function figuresOf({ reports }: QuantizedModel, half: number) {
  const found = reports.find((part) => part instanceof SearchReport)!;
  const within = [...found.judged.keys()].filter((i) => found.judged[i]!.verdict === 'within');
  const size = (i: number) => found.judged[i]!.promotions.length;
  const best = within.toSorted((a, b) => size(a) - size(b))[0];
  const wider = best === undefined ? [] : found.judged[best]!.promotions;
  return {
    evaluations: found.evaluations,
    passes: found.judged.reduce((sum, { samples }) => sum + samples, 0) / half,
    searched: found.drop,
    int8Share: best === undefined ? 0 : Number(found.rows[best]!.share),
    floatUnits: found.float.length,
    widerUnits: wider.length - found.float.length,
  };
}

/** Share of right answers that a model, as bytes or in a file, gives. Feeds are those of `float`. */
export async function accuracyOf(
  model: Uint8Array | string,
  { float, data }: { float: Model; data: Dataset },
): Promise<number> {
  const session = await InferenceSession.create(model, { spinning: false });
  const { count, batches } = splitSamples(float, data, 'test');
  const { score } = metricOf('top1');
  const output = session.outputNames[0]!;
  let right = 0;
  for await (const { feeds, labels } of batches()) {
    const rows = (await session.run(feeds, [output]))[output]!.data as Float32Array;
    const width = rows.length / labels!.length;
    for (let i = 0; i < labels!.length; i++) {
      const row = rows.subarray(i * width, (i + 1) * width);
      right += score(row, { label: labels![i], float: row });
    }
  }
  await session.release();
  return right / count;
}
