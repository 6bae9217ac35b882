import { UsageError } from '../../../errors.ts';
import type { Report } from '../../../report.ts';
import type { Feeds } from '../../../runtime/index.ts';
import type { Encodings, WeightEncoding } from '../../encodings.ts';
import { planOf } from '../../prepare.ts';
import { quantizeWeight, scalesForBias } from '../../weights.ts';
import { collect, type LayerData, type Rows } from '../layers/layer-data.ts';
import { LayerMeter, targetPower } from '../layers/layer-error.ts';
import { type LayerRow, layerReport, meanOf } from '../layers/layer-report.ts';
import { takeFeeds } from '../layers/take-feeds.ts';
import { perChannel, toColumns, type WeightedLayer, weightedLayers } from '../layers/weighted-layer.ts';
import { realWeights, withWeight } from '../layers/with-weight.ts';
import type { EncodedModel, EncodingsRepair, RepairOptions } from '../repair.ts';

export interface SeqMseOptions extends RepairOptions {
  /** Scales to try for each channel, in equal steps up to the one that is there. Default 20. */
  readonly candidates?: number;
  /** Rows (places of a layer's output) to measure on, from all samples. Default 2048. */
  readonly rows?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Chooses each weight scale, one a channel or one for all as they are, by the mean squared error of the layer's outputs
 * behind the quantized layers before: a smaller scale clips the largest weights and rounds the others finer. Weights are
 * rounded to nearest anew, so this comes before AdaRound. Throws UsageError without calibration data or for bad options.
 * Source: sequential MSE of AIMET.
 */
export async function seqMse(
  subject: EncodedModel,
  options: SeqMseOptions,
): Promise<{ encodings: Encodings; report: Report }> {
  const { candidates = 20, rows: wanted = 2048, seed = 0, signal } = options;
  for (const [name, value] of Object.entries({ candidates, rows: wanted }))
    if (!(Number.isInteger(value) && value >= 1))
      throw new UsageError(`The '${name}' of seq-mse must be a whole number of 1 or more, was ${value}`);
  const { float, plan } = subject;
  const { layers, left } = weightedLayers(planOf(float, plan), float);
  const feeds = await takeFeeds(options.calibration);
  const rows: LayerRow[] = [];
  let { encodings } = subject;
  for (const [index, layer] of layers.entries()) {
    const setup = { rows: wanted, seed: seed + index, candidates, feeds, signal };
    const { weight, row } = await searchLayer(layer, { ...subject, encodings }, setup);
    encodings = withWeight(encodings, layer.name, weight);
    rows.push(row);
    options.onProgress?.({ done: index + 1, total: layers.length, message: 'weight scales by layer' });
  }
  return { encodings, report: layerReport('Weight scales by output error', rows, left) };
}

export const sequentialMse: EncodingsRepair = {
  stage: 'encodings',
  name: 'seq-mse',
  summary: 'Chooses weight scales by the error of the outputs of their layer (sequential MSE)',
  run: seqMse,
};

interface Search {
  readonly rows: number;
  readonly seed: number;
  readonly candidates: number;
  readonly feeds: readonly Feeds[];
  readonly signal: AbortSignal | undefined;
}

async function searchLayer(layer: WeightedLayer, subject: EncodedModel, search: Search) {
  const { float, encodings, plan } = subject;
  const encoding = encodings.weights.get(layer.name)!;
  const data = await collect(layer, { ...search, float, encodings, plan });
  const rows = { from: 0, to: data.rows };
  const inputScale = inputScaleOf(layer, subject);
  const { weight, before, after } = await searchScales(
    { layer, data, rows, encoding, opset: float.opset, inputScale },
    search,
  );
  const power = targetPower(data, rows) || 1;
  const row: LayerRow = {
    ...{ layer: layer.node.name || layer.name, op: layer.node.opType },
    ...{ before: before / power, after: after / power, changed: changed(weight, encoding) },
  };
  return { weight, row };
}

/** A layer with the rows that its scales are chosen on. */
export interface ScaleSubject {
  readonly layer: WeightedLayer;
  readonly data: LayerData;
  readonly rows: Rows;
  readonly encoding: WeightEncoding;
  readonly opset: number;
  readonly inputScale: number;
}

export interface FoundScales {
  readonly weight: WeightEncoding;
  /** Mean squared errors of the layer's outputs with the old scales and the new ones. */
  readonly before: number;
  readonly after: number;
}

/** Tries `candidates` scales for each channel, in equal steps up to the one that is there; weights rounded to nearest. */
export async function searchScales(
  { layer, encoding, inputScale, ...setup }: ScaleSubject,
  { candidates, signal }: { candidates: number; signal?: AbortSignal | undefined },
): Promise<FoundScales> {
  const bias = encoding.bias && perChannel(layer, encoding.bias);
  const meter = await LayerMeter.create(layer, { ...setup, bias });
  try {
    const errorsOf = ({ weight }: WeightEncoding) =>
      meter.errors(realWeights(layer, weight.scales, toColumns(layer, weight.tensor.data as Int8Array)));
    const old = await errorsOf(encoding);
    const best = {
      errors: Float32Array.from(perScale(encoding, old)),
      scales: encoding.weight.scales.slice(),
    };
    for (let i = 1; i < candidates; i++) {
      signal?.throwIfAborted();
      const tried = withScales(layer, encoding, { factor: i / candidates, inputScale });
      perScale(encoding, await errorsOf(tried)).forEach((error, channel) => {
        if (!(error < best.errors[channel]!)) return;
        best.errors[channel] = error;
        best.scales[channel] = tried.weight.scales[channel]!;
      });
    }
    const weight = atScales(layer, encoding, best.scales);
    return { weight, before: meanOf(old), after: meanOf(await errorsOf(weight)) };
  } finally {
    await meter.release();
  }
}

/** The scale of what a layer reads. */
export function inputScaleOf(layer: WeightedLayer, subject: EncodedModel): number {
  return subject.encodings.activations.get(rootName(layer, subject))!.scale;
}

/** The value whose scale the layer's input has. */
function rootName(layer: WeightedLayer, { float, plan }: EncodedModel): string {
  const { activations } = planOf(float, plan);
  return [...activations].find(([{ name }]) => name === layer.input)![1].name;
}

/** Errors by channel, or their mean where there is one scale for all. */
const perScale = ({ weight }: WeightEncoding, errors: Float32Array): ArrayLike<number> & number[] =>
  weight.scales.length === 1 ? [meanOf(errors)] : Array.from(errors);

function withScales(
  layer: WeightedLayer,
  encoding: WeightEncoding,
  { factor, inputScale }: { factor: number; inputScale: number },
): WeightEncoding {
  const smaller = encoding.weight.scales.map((scale) => scale * factor);
  return atScales(
    layer,
    encoding,
    encoding.bias ? scalesForBias(smaller, encoding.bias, inputScale) : smaller,
  );
}

function atScales(
  { weight: real }: WeightedLayer,
  encoding: WeightEncoding,
  scales: Float32Array<ArrayBuffer>,
): WeightEncoding {
  const { integers, weight } = encoding;
  return { ...encoding, weight: quantizeWeight(real, scales, { axis: weight.axis, integers }) };
}

function changed(after: WeightEncoding, before: WeightEncoding): number {
  const [a, b] = [after, before].map(({ weight }) => weight.tensor.data as Int8Array);
  return a!.filter((q, i) => q !== b![i]).length / a!.length;
}
