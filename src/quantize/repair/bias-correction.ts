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
   * channel means of its float input; one pass, but wrong where the mean stands for the input badly (squeeze and
   * excitation, attention, borders), and blind to what the layers before did.
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
 * Source: Nagel et al. 2019 (arXiv 1906.04721), 4.2 and D; NNCF BiasCorrection and FastBiasCorrection.
 */
export async function correctBias(
  subject: EncodedModel,
  options: CorrectBiasOptions,
): Promise<RepairedEncodings> {
  const { method = 'full', threshold = method === 'full' ? 1000 : 2 } = options;
  if (!(threshold > 0))
    throw new UsageError(`The threshold of bias correction must be above 0, was ${threshold}`);
  const biased = biasedModel(subject);
  const correction = await startCorrection(subject, biased, { ...options, threshold });
  if (method === 'fast') await correctFast(biased, correction, subject, options);
  else await correctInOrder(biased, correction.correct, { ...options, memory: options.memory ?? 2 ** 28 });
  for (const [name, note] of biased.left) correction.rows.push({ layer: name, note });
  const encodings = withBiases(subject.encodings, correction.biases);
  return { encodings, report: reportOf(correction.rows, method) };
}

interface Correction {
  readonly biases: Map<string, Float32Array>;
  readonly rows: Row[];
  /** Takes the mean of each channel that the quantized layer gives. */
  readonly correct: (layer: CorrectableLayer, mean: Float64Array, level: number) => void;
}

/** Measures the float model, which all shifts lead to. */
async function startCorrection(
  { float }: EncodedModel,
  { layers }: BiasedModel,
  { threshold, ...options }: CorrectBiasOptions & { readonly threshold: number },
): Promise<Correction> {
  const outputs = layers.map(({ name }) => ({ name, axis: 1 }));
  const observed = await channelStatistics(float, outputs, options);
  const biases = new Map<string, Float32Array>();
  const rows: Row[] = [];
  const correct = (layer: CorrectableLayer, mean: Float64Array, level: number) => {
    const real = observed.get(layer.name)!;
    const shifts = real.mean.map((x, c) => x - mean[c]!);
    const size = relativeShift(shifts, layer.bias, real);
    const bias = Float32Array.from(layer.bias, (b, c) => b + shifts[c]!);
    const kept = size.largest <= threshold && writeBias(layer, bias);
    if (kept) biases.set(layer.name, bias);
    const tooLarge = `left: a shift is ${size.largest.toPrecision(3)} times the spread of its channel, more than ${threshold}`;
    const note = kept ? '' : size.largest > threshold ? tooLarge : 'left: the bias would not fit int32';
    rows.push({
      layer: layer.name,
      level,
      channels: shifts.length,
      mean: size.mean,
      largest: size.largest,
      note,
    });
  };
  return { biases, rows, correct };
}

/** Shifts of channels in units of the larger of bias and standard deviation, with those of the layer as a floor. */
function relativeShift(shifts: Float64Array, bias: Float32Array, { deviation }: ChannelStatistics) {
  const units = shifts.map((_, c) => Math.max(Math.abs(bias[c]!), deviation[c]!));
  const floor = 1e-6 * units.reduce((a, b) => Math.max(a, b), 1e-30);
  const relative = shifts.map((shift, c) => Math.abs(shift) / Math.max(units[c]!, floor));
  const mean = relative.reduce((sum, x) => sum + x, 0) / relative.length;
  return { mean, largest: relative.reduce((a, b) => Math.max(a, b), 0) };
}

/** Corrects each layer from the means of what the float model feeds it. */
async function correctFast(
  biased: BiasedModel,
  { correct, rows }: Correction,
  { float }: EncodedModel,
  options: CorrectBiasOptions,
): Promise<void> {
  const copy = float.clone();
  annotateTypes(copy.graph);
  const byName = new Map([...copy.graph.values()].map((value) => [value.name, value]));
  const inputs = biased.layers.map(({ name }) => byName.get(name)!.producer!.input(0).name);
  const read = [...new Set(inputs)].map((name) => ({ name, axis: 1 }));
  const means = await channelStatistics(float, read, { ...options, meanOnly: true });
  const byLayer = new Map(biased.layers.map(({ name }, i) => [name, means.get(inputs[i]!)!.mean]));
  const alone = await meansOfMeanInputs(biased, byLayer);
  for (const layer of biased.layers) {
    const mean = alone.get(layer.name);
    if (mean) correct(layer, mean, 0);
    else
      rows.push({
        layer: layer.name,
        note: 'left: the shape of its input is not fixed; use the full correction',
      });
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
