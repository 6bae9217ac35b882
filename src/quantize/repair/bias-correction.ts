import { UsageError } from '../../errors.ts';
import { annotateTypes } from '../../ops/index.ts';
import { Report, type Row } from '../../report.ts';
import type { Encodings, WeightEncoding } from '../encodings.ts';
import { type BiasedModel, biasedModel, type CorrectableLayer, writeBias } from './biased-model.ts';
import { type ChannelStatistics, channelStatistics } from './channel-statistics.ts';
import { meansOfMeanInputs } from './fast-correction.ts';
import { correctInOrder } from './full-correction.ts';
import type { EncodedModel, EncodingsRepair, RepairedEncodings, RepairOptions } from './repair.ts';

export interface CorrectBiasOptions extends RepairOptions {
  /**
   * `full` (default): layer by layer, behind quantized and corrected predecessors. `fast`: each layer alone, from the
   * channel means of its float input; one pass, but blind to what the layers before did to that input.
   */
  readonly method?: 'full' | 'fast';
  /**
   * A layer is left where a shift is more than so many times the larger of bias and standard deviation of its channel.
   * Default: those of NNCF, 1000 for full and 2 for fast. NNCF compares with the bias alone, and skips a layer with a 0 in it.
   */
  readonly threshold?: number;
  /** Bytes of activations kept between layers by `full`. Default 256 MiB. */
  readonly memory?: number;
}

export const biasCorrection: EncodingsRepair = {
  stage: 'encodings',
  name: 'bias-correction',
  summary:
    'Bias correction: shift each bias by the mean error of its channel, layer by layer behind quantized layers',
  run: (subject, options) => correctBias(subject, { ...options, method: 'full' }),
};

export const fastBiasCorrection: EncodingsRepair = {
  stage: 'encodings',
  name: 'fast-bias-correction',
  summary: 'Bias correction of each layer alone, from the mean of its input: one pass, less exact',
  run: (subject, options) => correctBias(subject, { ...options, method: 'fast' }),
};

/**
 * Empirical bias correction: adds E[float output] - E[quantized output] of each channel over the calibration data to the
 * bias, before that is rounded. Layers without a bias get one. Keeps scales and integers of weights as they are.
 * Throws UsageError for an unusable threshold or calibration that can be gone through once only.
 * The fast method takes the difference of float and quantized layer for the same mean input, which is exact for what the
 * weights' rounding adds, borders of zeros included. NNCF's takes the observed mean of the float layer instead, and
 * therefore has to leave depthwise convolutions out.
 * Source: Nagel et al. 2019 (arXiv 1906.04721), 4.2 and D; NNCF BiasCorrection and FastBiasCorrection.
 */
export async function correctBias(
  subject: EncodedModel,
  options: CorrectBiasOptions,
): Promise<RepairedEncodings> {
  const { method = 'full', threshold = method === 'full' ? 1000 : 2, memory = 2 ** 28 } = options;
  if (!(threshold > 0))
    throw new UsageError(`The threshold of bias correction must be above 0, was ${threshold}`);
  const biased = biasedModel(subject);
  const outputs = biased.layers.map(({ name }) => ({ name, axis: 1 }));
  const observed = await channelStatistics(subject.float, outputs, options);
  const correction: Correction = { observed, threshold, biases: new Map(), rows: [] };
  if (method === 'fast') await correctFast(biased, correction, { ...subject, options });
  else {
    const correctTo = (layer: CorrectableLayer, mean: Float64Array, level: number) => {
      const shifts = observed.get(layer.name)!.mean.map((x, c) => x - mean[c]!);
      correct(correction, layer, { shifts, level });
    };
    await correctInOrder(biased, correctTo, { ...options, memory });
  }
  const rows = [...correction.rows, ...[...biased.left].map(([layer, note]) => ({ layer, note }))];
  return { encodings: withBiases(subject.encodings, correction.biases), report: reportOf(rows, method) };
}

interface Correction {
  /** Of what each layer of the float model gives, by its name. */
  readonly observed: ReadonlyMap<string, ChannelStatistics>;
  readonly threshold: number;
  readonly biases: Map<string, Float32Array>;
  readonly rows: Row[];
}

/** Adds shifts to a bias, in the model as well, unless they are out of proportion. */
function correct(
  { observed, threshold, biases, rows }: Correction,
  layer: CorrectableLayer,
  { shifts, level }: { readonly shifts: Float64Array; readonly level?: number },
): void {
  const size = relativeShift(shifts, layer.bias, observed.get(layer.name)!);
  const bias = Float32Array.from(layer.bias, (b, c) => b + shifts[c]!);
  const fits = size.largest <= threshold;
  const kept = fits && writeBias(layer, bias);
  if (kept) biases.set(layer.name, bias);
  const ratio = size.largest.toPrecision(3);
  const tooLarge = `left: a shift is ${ratio} times the spread of its channel, more than ${threshold}`;
  const note = kept ? '' : fits ? 'left: the bias would not fit int32' : tooLarge;
  const channels = shifts.length;
  rows.push({ layer: layer.name, level, channels, mean: size.mean, largest: size.largest, note });
}

/** Shifts of channels in units of the larger of bias and standard deviation, with those of the layer as a floor. */
function relativeShift(shifts: Float64Array, bias: Float32Array, { deviation }: ChannelStatistics) {
  const units = shifts.map((_, c) => Math.max(Math.abs(bias[c]!), deviation[c]!));
  const floor = 1e-6 * units.reduce((a, b) => Math.max(a, b), 1e-30);
  const relative = shifts.map((shift, c) => Math.abs(shift) / Math.max(units[c]!, floor));
  const mean = relative.reduce((sum, x) => sum + x, 0) / relative.length;
  return { mean, largest: relative.reduce((a, b) => Math.max(a, b), 0) };
}

/** Corrects each layer alone: by what it gives less than its float twin, both for the means of the twin's input. */
async function correctFast(
  { model, layers }: BiasedModel,
  correction: Correction,
  { float, options }: EncodedModel & { readonly options: CorrectBiasOptions },
): Promise<void> {
  const copy = float.clone();
  annotateTypes(copy.graph);
  const byName = new Map([...copy.graph.values()].map((value) => [value.name, value]));
  const twins = layers.map(({ name }) => ({ name, node: byName.get(name)!.producer! }));
  const read = new Set(twins.map(({ node }) => node.input(0).name));
  const values = [...read].map((name) => ({ name, axis: 1 }));
  const observed = await channelStatistics(float, values, { ...options, meanOnly: true });
  const means = new Map(twins.map(({ name, node }) => [name, observed.get(node.input(0).name)!.mean]));
  const exact = await meansOfMeanInputs(copy, twins, means);
  const rounded = await meansOfMeanInputs(model, layers, means);
  for (const layer of layers) {
    const [x, y] = [exact.get(layer.name), rounded.get(layer.name)];
    const note = 'left: the shape of its input is not fixed; use the full correction';
    if (!x || !y) correction.rows.push({ layer: layer.name, note });
    else correct(correction, layer, { shifts: x.map((mean, c) => mean - y[c]!) });
  }
}

function withBiases(
  { activations, weights }: Encodings,
  biases: ReadonlyMap<string, Float32Array>,
): Encodings {
  const corrected = [...weights].map(([name, encoding]): [string, WeightEncoding] => {
    const bias = biases.get(name);
    return [name, bias ? { ...encoding, bias } : encoding];
  });
  return { activations, weights: new Map(corrected) };
}

function reportOf(rows: readonly Row[], method: string): Report {
  const done = rows.filter(({ note }) => note === '').length;
  return new Report({
    title: `Bias correction (${method}): ${done} of ${rows.length} layers`,
    columns: [
      { key: 'layer', header: 'layer' },
      { key: 'level', header: 'level' },
      { key: 'channels', header: 'channels' },
      { key: 'mean', header: 'mean shift (of bias or deviation)', unit: '%', scale: 100, decimals: 2 },
      { key: 'largest', header: 'largest', unit: '%', scale: 100, decimals: 2 },
      { key: 'note', header: 'note', wrap: 50 },
    ],
    rows,
  });
}
