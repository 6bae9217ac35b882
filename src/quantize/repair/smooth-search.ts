import { Model, product, Tensor } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { createBuilder } from '../../ops/index.ts';
import { InferenceSession } from '../../runtime/index.ts';
import { activationRanges, affineOf, dequantize, quantize } from '../scale.ts';
import { dequantizeConstant, quantizeWeight, weightRange, weightScales } from '../weights.ts';
import type { ChannelStatistics } from './channel-statistics.ts';
import { type Layer, outputAxis, weightOf } from './layer.ts';

/** A layer on a sample of what it reads, to see what rounding does to what it gives. */
export interface SmoothTrial {
  readonly layers: readonly Layer[];
  readonly sample: Tensor;
  /** Of the sample's value over all calibration data. */
  readonly statistics: ChannelStatistics;
  readonly axis: number;
  readonly perChannel: boolean;
}

/** The best factors of a group. */
export interface SmoothChoice {
  /** Undefined: no factor helps. */
  readonly alpha: number | undefined;
  readonly factors: Float64Array;
  /** Noise of what the layers give, without and with the factors: ratio to the signal, in dB of SQNR. */
  readonly before: number;
  readonly after: number;
}

/** The share of the activations' range that moves into the weights. */
const alphas: readonly number[] = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/**
 * Factors s = max|X|^alpha / max|W|^(1 - alpha) of each channel: what activations are divided by and weights multiplied
 * with. Factors below the smallest tenth are raised to it, so that no small channel grows into the largest one; channels
 * of zeros keep 1. Source: Xiao et al. 2022 (arXiv 2211.10438), floor from NNCF.
 */
function smoothFactors(
  layers: readonly Layer[],
  { min, max }: ChannelStatistics,
  alpha: number,
): Float64Array {
  const weights = new Float64Array(min.length);
  for (const layer of layers)
    (weightOf(layer).data as Float32Array).forEach((w, i) => {
      const c = layer.inputOf(i);
      weights[c] = Math.max(weights[c]!, Math.abs(w));
    });
  const raw = min.map((low, c) => {
    const largest = Math.max(-low, max[c]!);
    return largest > 0 && weights[c]! > 0 ? largest ** alpha / weights[c]! ** (1 - alpha) : Number.NaN;
  });
  const known = raw.filter((s) => Number.isFinite(s)).toSorted();
  const floor = known[Math.floor(known.length / 10)] ?? 1;
  return raw.map((s) => (Number.isFinite(s) ? Math.max(s, floor) : 1));
}

/** Tries all alphas, and no factors, on the sample, with weights and activations of 8 bits, and takes the least error. */
export async function chooseFactors(trial: SmoothTrial): Promise<SmoothChoice> {
  const sessions = await Promise.all(trial.layers.map((layer) => sessionOf(layer, trial.sample)));
  const run = (i: number, x: Tensor, w: Tensor) =>
    sessions[i]!.run({ x, w }).then(({ y }) => y!.data as Float32Array);
  try {
    const exact: Float32Array[] = [];
    for (const [i, layer] of trial.layers.entries()) exact.push(await run(i, trial.sample, weightOf(layer)));
    const signal = exact.reduce((sum, y) => sum + y.reduce((all, one) => all + one * one, 0), 0);
    const noiseOf = async (factors: Float64Array) => {
      const x = roundActivation(trial, factors);
      let noise = 0;
      for (const [i, layer] of trial.layers.entries()) {
        const y = await run(i, x, roundWeight(layer, factors, trial.perChannel));
        y.forEach((one, n) => {
          noise += (one - exact[i]![n]!) ** 2;
        });
      }
      return noise;
    };
    return await leastNoise(trial, { noiseOf, signal });
  } finally {
    await Promise.all(sessions.map((session) => session.release()));
  }
}

async function leastNoise(
  { layers, statistics }: SmoothTrial,
  {
    noiseOf,
    signal,
  }: { readonly noiseOf: (factors: Float64Array) => Promise<number>; readonly signal: number },
): Promise<SmoothChoice> {
  const ones: Float64Array = new Float64Array(statistics.min.length).fill(1);
  const before = await noiseOf(ones);
  let best = { alpha: undefined as number | undefined, factors: ones, noise: before };
  for (const alpha of alphas) {
    const factors = smoothFactors(layers, statistics, alpha);
    const noise = await noiseOf(factors);
    if (noise < best.noise) best = { alpha, factors, noise };
  }
  const decibels = (noise: number) => (noise === 0 ? Infinity : 10 * Math.log10(signal / noise));
  return { alpha: best.alpha, factors: best.factors, before: decibels(before), after: decibels(best.noise) };
}

/** The sample divided by the factors, rounded to 8 bits with the range that all calibration data would then have. */
function roundActivation({ sample, statistics, axis }: SmoothTrial, factors: Float64Array): Tensor {
  const min = statistics.min.reduce((least, x, c) => Math.min(least, x / factors[c]!), 0);
  const max = statistics.max.reduce((most, x, c) => Math.max(most, x / factors[c]!), 0);
  const integers = activationRanges.uint8;
  const affine = affineOf({ min, max }, integers);
  const inner = product(sample.shape.slice(axis + 1));
  const data = (sample.data as Float32Array).map((x, i) => {
    const s = factors[Math.floor(i / inner) % factors.length]!;
    return dequantize(quantize(x / s, affine, integers), affine);
  });
  return Tensor.of('float32', data, sample.shape);
}

function roundWeight(layer: Layer, factors: Float64Array, perChannel: boolean): Tensor {
  const weight = weightOf(layer);
  const data = (weight.data as Float32Array).map((w, i) => w * factors[layer.inputOf(i)]!);
  const scaled = Tensor.of('float32', data, weight.shape);
  const integers = weightRange(false);
  const axis = perChannel ? outputAxis(layer) : undefined;
  const rounded = quantizeWeight(scaled, weightScales(scaled, axis, integers), { axis, integers });
  return Tensor.of('float32', dequantizeConstant(rounded), weight.shape);
}

/** The layer alone, without bias, with its weights as an input. */
async function sessionOf({ node, weight }: Layer, sample: Tensor): Promise<InferenceSession> {
  const b = createBuilder({ name: 'layer' });
  const inputs = [b.input('x', 'float32', sample.shape), b.input('w', 'float32', weight.shape)];
  b.output(b.op(node.opType, inputs, Object.fromEntries(node.attributes)), 'y');
  return InferenceSession.create(writeModel(new Model(b.graph)), { threads: 1 });
}
