import type { Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { constantOf } from '../ops/index.ts';
import type { Report } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { thisCpuLacksVnni } from './cpu.ts';
import type { Emitted } from './emit.ts';
import type { Encodings } from './encodings.ts';
import type { QuantizationPlan } from './plan.ts';
import { type OutputNoise, QuantizationReport, type QuantizedTensor } from './quantize-report.ts';
import { largest, smallest } from './sample-extremes.ts';
import { slicesFor } from './slices.ts';
import { measureNoise, NoiseMeter } from './sqnr.ts';
import { dequantizeConstant } from './weights.ts';

/** A quantization to report on. */
export interface Quantization {
  /** As the user gave it. */
  readonly model: Model;
  /** As it was prepared. */
  readonly float: Model;
  readonly plan: QuantizationPlan;
  readonly encodings: Encodings;
  readonly emitted: Emitted;
  /** What to measure the noise on. */
  readonly feeds: readonly Feeds[];
  /** What repairs and a search tell. */
  readonly reports: readonly Report[];
}

/** Runs both models on the feeds and reports the noise of every tensor, sizes, and what stayed float. */
export async function describe(quantization: Quantization): Promise<QuantizationReport> {
  const { model, float, plan, emitted, feeds, reports: parts } = quantization;
  const quantized = emitted.model;
  const sample = sampleOf(float, feeds);
  const { values, outputs } = await measureNoise({ float, quantized, feeds: sample }, emitted.activations);
  return new QuantizationReport({
    tensors: [...activationRows(quantization, values), ...weightRows(quantization)],
    left: [...plan.left].map(([node, reason]) => ({
      node: node.name || node.output().name,
      op: node.opType,
      reason,
    })),
    quantizedNodes: plan.nodes.size,
    ...{ outputs, parts },
    sizeBefore: writeModel(model).length,
    sizeAfter: writeModel(quantized).length,
    warnings: warningsFor(plan, outputs),
  });
}

/** Enough samples to tell the noise, in batches that leave the memory to others. */
function sampleOf(float: Model, feeds: readonly Feeds[]): Feeds[] {
  const slices = slicesFor(float, feeds, 8);
  return slices.length > 0 ? slices.slice(0, 8) : feeds.slice(0, 1);
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
    const meter = new NoiseMeter();
    meter.add(data, dequantizeConstant(weight));
    const { scales } = weight;
    return [
      {
        name: source.name,
        kind: 'weight' as const,
        sqnr: meter.sqnr,
        ...{ min: smallest(data), max: largest(data) },
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

function warningsFor(plan: QuantizationPlan, outputs: readonly OutputNoise[]): string[] {
  const { left, nodes } = plan;
  const saturated = outputs.filter(({ sqnr, sqnrHere }) => sqnr - sqnrHere > suspiciousLoss);
  return [
    ...(left.size > 0 ? [`${left.size} of ${left.size + nodes.size} nodes stay float, see below`] : []),
    ...saturated.map(
      ({ name, sqnr, sqnrHere }) =>
        `Output '${name}' has an SQNR of ${sqnrHere.toFixed(1)} dB on this CPU instead of ${sqnr.toFixed(1)} dB: its int8 sums saturate${thisCpuLacksVnni() ? ', since it has no VNNI' : ''}. Quantize with reduceRange for such CPUs`,
    ),
  ];
}
