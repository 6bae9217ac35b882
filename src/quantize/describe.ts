import type { Model } from '../ir/index.ts';
import { writeModel, writtenSize } from '../onnx/index.ts';
import { constantOf } from '../ops/index.ts';
import type { Report } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { thisCpuLacksVnni } from './cpu.ts';
import type { Emitted } from './emit.ts';
import type { Encodings } from './encodings.ts';
import type { QuantizationPlan } from './plan.ts';
import { type OutputNoise, QuantizationReport, type QuantizedTensor } from './quantize-report.ts';
import { cacheableSamples } from './sample-bytes.ts';
import { largest, smallest } from './sample-extremes.ts';
import { partsOf, samplesOf } from './slices.ts';
import { measureNoise } from './sqnr.ts';
import { weightNoise } from './weight-noise.ts';

/** A quantization to report on. */
export interface Quantization {
  /** As the user gave it. */
  readonly model: Model;
  /** What the encodings are of: as it was prepared, repaired and trained. */
  readonly float: Model;
  /** What the outputs are compared with: the prepared model before repairs and training. Default: `float`. */
  readonly original?: Model;
  readonly plan: QuantizationPlan;
  readonly encodings: Encodings;
  readonly emitted: Emitted;
  /** What to measure the noise on. */
  readonly feeds: readonly Feeds[];
  /** What repairs and a search tell. */
  readonly reports: readonly Report[];
  /** What to know beforehand. */
  readonly warnings?: readonly string[];
}

/** How many samples tell the noise: those of half as many can be 1 dB off, as a few unlucky samples make most of it. */
const noiseSamples = 64;
/** Samples of a run: two models' values are in memory at once. */
const noiseBatch = 8;

/** Runs both models on some of the feeds and reports the noise of every tensor, sizes, and what stayed float. */
export async function describe(quantization: Quantization): Promise<QuantizationReport> {
  const { model, float, original = float, plan, emitted, feeds, reports: parts } = quantization;
  const quantized = emitted.model;
  const sample = sampleOf(float, feeds);
  const file = writeModel(quantized);
  const compared = { float, original, quantized, file, feeds: sample };
  const { values, outputs } = await measureNoise(compared, emitted.activations);
  return new QuantizationReport({
    tensors: [...activationRows(quantization, values), ...weightRows(quantization)],
    left: [...plan.left].map(([node, reason]) => ({
      node: node.name || node.output().name,
      op: node.opType,
      reason,
    })),
    quantizedNodes: plan.nodes.size,
    ...{ outputs, parts },
    sizeBefore: writtenSize(model),
    sizeAfter: file.length,
    warnings: [...(quantization.warnings ?? []), ...warningsFor(plan, outputs)],
  });
}

/** Enough samples to tell the noise, in batches whose values fit a cache. */
function sampleOf(float: Model, feeds: readonly Feeds[]): Feeds[] {
  const sample: Feeds[] = [];
  let count = 0;
  for (const batch of feeds)
    for (const part of partsOf(batch, runSamples(float, batch))) {
      if (count >= noiseSamples) return sample;
      sample.push(part);
      count += samplesOf(part);
    }
  return sample;
}

/** Samples of a run; all of a batch that the model takes only as a whole. */
function runSamples(float: Model, batch: Feeds): number {
  const most = cacheableSamples(float, batch);
  return most === Infinity ? most : Math.min(noiseBatch, most);
}

function activationRows(
  { plan, encodings }: Quantization,
  noise: ReadonlyMap<string, number>,
): QuantizedTensor[] {
  return [...plan.activations].flatMap(([{ name }, root]) => {
    const sqnr = noise.get(name);
    if (sqnr === undefined || constantOf(root)) return [];
    const { scale, zeroPoint, range } = encodings.activations.get(root.name)!;
    return [{ name, kind: 'activation' as const, sqnr, ...range, scales: 1, scale, zeroPoint }];
  });
}

function weightRows({ plan, encodings }: Quantization): QuantizedTensor[] {
  return [...plan.nodes].flatMap(([node, rule]) => {
    if (rule.kind !== 'weighted') return [];
    const source = node.input(rule.weight);
    const data = constantOf(source)!.data as Float32Array;
    const { weight } = encodings.weights.get(node.output().name)!;
    const { scales } = weight;
    return [
      {
        name: source.name,
        kind: 'weight' as const,
        ...{ min: smallest(data), max: largest(data) },
        sqnr: weightNoise(data, weight),
        scales: scales.length,
        scale: scales.length === 1 ? scales[0]! : null,
        zeroPoint: 0,
        bytes: { before: 4 * data.length, after: weight.tensor.bytes.length + 4 * scales.length },
      },
    ];
  });
}

/** A loss in dB that rounding in another order does not explain. */
const suspiciousLoss = 3;

function warningsFor({ left, nodes }: QuantizationPlan, outputs: readonly OutputNoise[]): string[] {
  const isInt8 = nodes.size > 0;
  const saturated = outputs.filter(({ sqnr, sqnrHere }) => isInt8 && sqnr - sqnrHere > suspiciousLoss);
  return [
    ...(left.size > 0 ? [`${left.size} of ${left.size + nodes.size} nodes stay float, see below`] : []),
    ...saturated.map(
      ({ name, sqnr, sqnrHere }) =>
        `Output '${name}' has an SQNR of ${sqnrHere.toFixed(1)} dB on this CPU instead of ${sqnr.toFixed(1)} dB${thisCpuLacksVnni() ? ': it has no VNNI, so that int8 sums saturate. Quantize with reduceRange (%quantize --reduce-range observed) for such CPUs' : ': its kernels compute otherwise than ONNX defines. %explain and %simulate tell more'}`,
    ),
  ];
}
