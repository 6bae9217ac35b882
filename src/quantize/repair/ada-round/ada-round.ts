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
import { roundLayer } from './round-layer.ts';
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
 * by Adam on onnxruntime, no labels. Scales stay. A channel whose outputs do not get closer on rows that were left out
 * keeps its integers. Throws UsageError for options out of range or no calibration data, the signal's reason when aborted.
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
  const { signal, rows = 8192 } = options;
  const data = await collect(layer, { float, encodings, plan, feeds, rows, seed: seed + index, signal });
  const encoding = encodings.weights.get(layer.name)!;
  const { used, kept } = splitRows(data);
  const rounding = await roundLayer(
    { layer, data, rows: used, encoding, opset: float.opset },
    {
      ...{
        annealing: annealing(iterations),
        batchSize,
        learningRate,
        regularization,
        seed: seed + index,
        signal,
      },
      onStep: (done) =>
        options.onProgress?.({
          // In thousandths of a layer: large ones take fewer steps.
          done: 1000 * index + Math.round((1000 * done) / iterations),
          total: 1000 * count,
          message: `AdaRound of ${layer.node.label}`,
        }),
    },
  );
  return better(layer, { data, kept, encoding, integers: rounding.integers, opset: float.opset });
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
  readonly encoding: WeightEncoding;
  readonly integers: Float32Array;
  readonly opset: number;
}

/** Takes the new integers of those channels whose outputs they bring closer. */
async function better(layer: WeightedLayer, { data, kept, encoding, integers, opset }: Candidate) {
  const { scales, tensor } = encoding.weight;
  const bias = encoding.bias && perChannel(layer, encoding.bias);
  const meter = await LayerMeter.create(layer, { data, rows: kept, bias, opset });
  try {
    const old = toColumns(layer, tensor.data as Int8Array);
    const before = await meter.errors(realWeights(layer, scales, old));
    const after = await meter.errors(realWeights(layer, scales, integers));
    const chosen = integers.map((q, i) => {
      const channel = channelOf(layer, i);
      return after[channel]! < before[channel]! ? q : old[i]!;
    });
    const error = after.map((e, i) => Math.min(e, before[i]!));
    const power = targetPower(data, kept) || 1;
    const row: LayerRow = {
      layer: layer.node.name || layer.name,
      op: layer.node.opType,
      before: meanOf(before) / power,
      after: meanOf(error) / power,
      changed: chosen.filter((q, i) => q !== old[i]).length / chosen.length,
    };
    return { weight: withIntegers(layer, encoding, chosen), row };
  } finally {
    await meter.release();
  }
}

const channelOf = ({ columns, channels }: WeightedLayer, index: number): number =>
  Math.floor(index / (columns * channels)) * channels + (index % channels);

function checkOptions(options: AdaRoundOptions): void {
  for (const name of ['iterations', 'batchSize', 'rows'] as const) {
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
