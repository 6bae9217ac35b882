import { UsageError } from '../../../errors.ts';
import type { Report } from '../../../report.ts';
import type { Feeds } from '../../../runtime/index.ts';
import type { Encodings, WeightEncoding } from '../../encodings.ts';
import { planOf } from '../../prepare.ts';
import { collect, type LayerData, type Rows } from '../layers/layer-data.ts';
import { LayerMeter, targetPower } from '../layers/layer-error.ts';
import { type LayerRow, layerReport, meanOf } from '../layers/layer-report.ts';
import { takeFeeds } from '../layers/take-feeds.ts';
import { perChannel, toColumns, type WeightedLayer, weightedLayers } from '../layers/weighted-layer.ts';
import { realWeights, withIntegers, withWeight } from '../layers/with-weight.ts';
import type { EncodedModel, EncodingsRepair, RepairOptions } from '../repair.ts';
import { inputScaleOf, searchScales } from '../seq-mse/index.ts';
import { type Rounding, roundLayer } from './round-layer.ts';
import { annealing } from './schedule.ts';

export interface AdaRoundOptions extends RepairOptions {
  /** Steps for each layer. Default 1000, of layers with more than 2^18 weights 500. */
  readonly iterations?: number;
  /** Rows (places of a layer's output) in a step. Default 128. */
  readonly batchSize?: number;
  /** Of Adam, on V. Default 0.1. */
  readonly learningRate?: number;
  /** Weight of the regularizer. Default 1. */
  readonly regularization?: number;
  /** Rows of a layer that are kept, from all samples. Default 8192. */
  readonly rows?: number;
  /** Weight scales to try for each layer before it is rounded, as `seqMse` does. Default 20; 1 keeps those that are there. */
  readonly candidates?: number;
  /** Default 0. */
  readonly seed?: number;
  /** What an earlier run told `onLayer`: those layers are taken as they are. */
  readonly resume?: AdaRoundProgress;
  /** Told after each layer, for a run that may be interrupted. */
  readonly onLayer?: (progress: AdaRoundProgress) => void;
}

/** The layers done so far. */
export interface AdaRoundProgress {
  readonly weights: ReadonlyMap<string, WeightEncoding>;
  readonly rows: readonly LayerRow[];
}

/**
 * Chooses for each weight whether it is rounded down or up, so that the layer's output is closest to the float model's,
 * layer by layer behind the quantized layers before: min over V of |f(W x) - f(W~ x^)|^2 + lambda sum(1 - |2 h(V) - 1|^beta)
 * by Adam on onnxruntime, no labels. Before, the scale is chosen by the same error (`candidates`), since rounding cannot
 * give back what a scale for the largest weight alone takes from the others; a bias that is there moves with the weights.
 * A channel whose outputs do not get closer on rows that were left out is rounded to nearest. Throws UsageError for options out of range or no calibration data, the signal's reason when aborted.
 * Source: Nagel et al. 2020 (arXiv 2004.10568).
 */
export async function adaRound(
  subject: EncodedModel,
  options: AdaRoundOptions,
): Promise<{ encodings: Encodings; report: Report }> {
  checkOptions(options);
  const { float } = subject;
  const { layers, left } = weightedLayers(planOf(float, subject.plan), float);
  const feeds = await takeFeeds(options.calibration);
  const rows: LayerRow[] = [...(options.resume?.rows ?? [])];
  const done = new Map(options.resume?.weights ?? []);
  let encodings: Encodings = {
    ...subject.encodings,
    weights: new Map([...subject.encodings.weights, ...done]),
  };
  for (const [index, layer] of layers.entries()) {
    if (done.has(layer.name)) continue;
    const place: Place = { float, plan: subject.plan, encodings, feeds, index, count: layers.length };
    const { weight, row } = await repairLayer(layer, place, options);
    encodings = withWeight(encodings, layer.name, weight);
    done.set(layer.name, weight);
    rows.push(row);
    options.onLayer?.({ weights: new Map(done), rows: [...rows] });
  }
  return { encodings, report: layerReport('AdaRound', rows, left) };
}

export const adaRounding: EncodingsRepair = {
  stage: 'encodings',
  name: 'ada-round',
  summary: 'Rounds each weight down or up so that the outputs of its layer change least (AdaRound)',
  run: adaRound,
};

interface Place extends EncodedModel {
  readonly feeds: readonly Feeds[];
  readonly index: number;
  readonly count: number;
}

async function repairLayer(layer: WeightedLayer, place: Place, options: AdaRoundOptions) {
  const { float, encodings, plan, feeds, index, count } = place;
  const {
    iterations = layer.weight.size > 2 ** 18 ? 500 : 1000,
    batchSize = 128,
    learningRate = 0.1,
    regularization = 1,
    seed = 0,
  } = options;
  const { signal, rows = 8192, candidates = 20 } = options;
  const data = await collect(layer, { float, encodings, plan, feeds, rows, seed: seed + index, signal });
  const old = encodings.weights.get(layer.name)!;
  const { used, kept } = splitRows(data);
  const common = { layer, data, opset: float.opset };
  const inputScale = inputScaleOf(layer, place);
  const encoding =
    candidates === 1
      ? old
      : (await searchScales({ ...common, rows: used, encoding: old, inputScale }, { candidates, signal }))
          .weight;
  const rounding = await roundLayer(
    { ...common, rows: used, encoding },
    {
      ...{ annealing: annealing(iterations), batchSize, learningRate, regularization, signal },
      seed: seed + index,
      onStep: (done) =>
        options.onProgress?.({
          // In thousandths of a layer: large ones take fewer steps.
          done: 1000 * index + Math.round((1000 * done) / iterations),
          total: 1000 * count,
          message: `AdaRound of ${layer.node.label}`,
        }),
    },
  );
  return better(layer, { data, kept, old, encoding, rounding, opset: float.opset });
}

/** The last eighth of the rows, which are of samples of their own where there is more than one, is left out. */
function splitRows({ rows }: LayerData): { used: Rows; kept: Rows } {
  const first = rows < 16 ? 0 : rows - Math.floor(rows / 8);
  return first === 0
    ? { used: { from: 0, to: rows }, kept: { from: 0, to: rows } }
    : { used: { from: 0, to: first }, kept: { from: first, to: rows } };
}

interface Candidate {
  readonly data: LayerData;
  readonly kept: Rows;
  /** Before anything was done. */
  readonly old: WeightEncoding;
  /** With the scales that were rounded for, rounded to nearest. */
  readonly encoding: WeightEncoding;
  readonly rounding: Rounding;
  readonly opset: number;
}

/** Takes the new integers and bias of those channels whose outputs they bring closer. */
async function better(layer: WeightedLayer, candidate: Candidate) {
  const { data, kept, old, encoding, rounding } = candidate;
  const [first, before, after] = await errorsOf(layer, candidate, [
    encodedWeights(layer, old),
    encodedWeights(layer, encoding),
    { ...rounding, scales: encoding.weight.scales },
  ]);
  const isBetter = before!.map((error, channel) => Number(after![channel]! < error));
  const nearest = toColumns(layer, encoding.weight.tensor.data as Int8Array);
  const chosen = rounding.integers.map((q, i) => (isBetter[channelOf(layer, i)] ? q : nearest[i]!));
  const unmoved = encoding.bias && perChannel(layer, encoding.bias);
  const bias = unmoved && rounding.bias!.map((b, channel) => (isBetter[channel] ? b : unmoved[channel]!));
  const weight = withIntegers(layer, { ...encoding, ...(bias && { bias }) }, chosen);
  const integers = old.weight.tensor.data as Int8Array;
  const power = targetPower(data, kept) || 1;
  const row: LayerRow = {
    layer: layer.node.name || layer.name,
    op: layer.node.opType,
    before: meanOf(first!) / power,
    after: meanOf(after!.map((error, channel) => Math.min(error, before![channel]!))) / power,
    changed:
      (weight.weight.tensor.data as Int8Array).filter((q, i) => q !== integers[i]).length / chosen.length,
  };
  return { weight, row };
}

interface Weights extends Rounding {
  readonly scales: Float32Array;
}

const encodedWeights = (layer: WeightedLayer, { weight, bias }: WeightEncoding): Weights => ({
  integers: toColumns(layer, weight.tensor.data as Int8Array),
  scales: weight.scales,
  bias: bias && perChannel(layer, bias),
});

/** Mean squared errors of the layer's outputs on the rows that were left out, by channel, of each of some weights. */
async function errorsOf(
  layer: WeightedLayer,
  { data, kept, opset }: Candidate,
  all: readonly Weights[],
): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for (const { integers, scales, bias } of all) {
    const meter = await LayerMeter.create(layer, { data, rows: kept, bias, opset });
    try {
      found.push(await meter.errors(realWeights(layer, scales, integers)));
    } finally {
      await meter.release();
    }
  }
  return found;
}

const channelOf = ({ columns, channels }: WeightedLayer, index: number): number =>
  Math.floor(index / (columns * channels)) * channels + (index % channels);

function checkOptions(options: AdaRoundOptions): void {
  for (const name of ['iterations', 'batchSize', 'rows', 'candidates'] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      throw new UsageError(`AdaRound's '${name}' must be a whole number of 1 or more, was ${value}`);
  }
  for (const name of ['learningRate', 'regularization'] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isFinite(value) && value > 0))
      throw new UsageError(`AdaRound's '${name}' must be a number above 0, was ${value}`);
  }
}
