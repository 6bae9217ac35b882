import { ModelError } from '../errors.ts';
import type { Model, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { annotateTypes, constantOf } from '../ops/index.ts';
import { constantsToInitializers, fuseBatchNormalization, removeUnused } from '../passes/index.ts';
import type { WorkOptions } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { thisCpuLacksVnni } from './cpu.ts';
import { FeedSample } from './feed-sample.ts';
import { insertQdq, type QdqResult } from './insert-qdq.ts';
import type { ObserverFactory, Range } from './observer.ts';
import { minMax } from './observers/min-max.ts';
import { planQuantization, type QuantizationPlan } from './plan.ts';
import { type OutputNoise, QuantizationReport, type QuantizedTensor } from './quantize-report.ts';
import type { ActivationType } from './scale.ts';
import { type Comparison, compareValues, NoiseMeter } from './sqnr.ts';
import { dequantizeConstant } from './weights.ts';

export interface QuantizeOptions extends WorkOptions {
  /** Default `uint8`, which is what x86 kernels of onnxruntime are fast at. */
  readonly activations?: ActivationType;
  /** A scale for each output channel of a weight. Default true. */
  readonly perChannel?: boolean;
  /** Weights of 7 bits, whose sums cannot saturate on x86 without VNNI. Default false. */
  readonly reduceRange?: boolean;
  /** Default: min-max. */
  readonly observer?: ObserverFactory;
  /** Number of calibration batches, for progress, where it is known. */
  readonly batches?: number;
}

/**
 * Static int8 quantization: activations by their range on calibration data, symmetric int8 weights, int32 bias, written
 * as QuantizeLinear/DequantizeLinear that onnxruntime fuses. Batch normalization joins its convolution first. Inputs
 * and outputs stay float32; `model` is not changed.
 * Throws ModelError if it is quantized already or nothing can be, UsageError for an empty calibration set.
 * Source: Jacob et al. 2018 (arXiv 1712.05877); Wu et al. 2020 (arXiv 2004.09602).
 */
export async function quantizeStatic(
  model: Model,
  calibration: Calibration,
  options: QuantizeOptions = {},
): Promise<{ model: Model; report: QuantizationReport }> {
  const { activations = 'uint8', perChannel = true, reduceRange = false, observer = minMax } = options;
  checkFloat(model);
  const float = fuseBatchNormalization(constantsToInitializers(model));
  const rewritten = float.clone();
  annotateTypes(rewritten.graph);
  const plan = planQuantization(rewritten.graph);
  checkPlan(model, plan, perChannel);
  const sample = new FeedSample();
  const { constants, names } = rootsOf(plan, observer);
  const onFeeds = (feeds: Feeds) => sample.add(feeds);
  const observed = await calibrate(float, names, { ...options, calibration, observer, onFeeds });
  const ranges = new Map([...constants, ...observed]);
  const result = insertQdq(rewritten.graph, plan, { activations, perChannel, reduceRange, ranges });
  const quantized = removeUnused(rewritten);
  const pairs = new Map(
    [...result.activations].flatMap(([name, { value }]) => (constants.has(name) ? [] : [[name, value]])),
  );
  const comparison = { float, quantized, feeds: sample.feeds };
  const noise = await compareValues(comparison, pairs, { exact: true });
  const outputs = await outputNoise(comparison);
  const report = new QuantizationReport({
    tensors: [...activationRows(result, noise), ...weightRows(result)],
    left: [...plan.left].map(([node, reason]) => ({
      node: node.name || node.output().name,
      op: node.opType,
      reason,
    })),
    quantizedNodes: plan.nodes.size,
    outputs,
    sizeBefore: writeModel(model).length,
    sizeAfter: writeModel(quantized).length,
    warnings: warningsFor(plan, outputs),
  });
  return { model: quantized, report };
}

/** Values whose scale is needed: constants with their range, and the names of those to observe. */
function rootsOf(plan: QuantizationPlan, observer: ObserverFactory) {
  const constants = new Map<string, Range>();
  const names: string[] = [];
  for (const root of new Set(plan.activations.values())) {
    const tensor = constantOf(root);
    if (tensor) constants.set(root.name, rangeOf(root.name, tensor, observer));
    else names.push(root.name);
  }
  return { constants, names };
}

function rangeOf(name: string, tensor: Tensor, observer: ObserverFactory): Range {
  const one = observer(name);
  one.observe(tensor.data as Float32Array);
  return one.range();
}

/** Operators of models that have integers in them. */
const integerOps: ReadonlySet<string> = new Set([
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear'],
  ...['QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger'],
]);

function checkFloat(model: Model): void {
  const node = model.graph.nodes.find(({ opType }) => integerOps.has(opType));
  if (!node) return;
  throw new ModelError(
    `The model must be a float one, is already quantized: it has ${node.label}. Quantize the model that it was made from`,
    { op: node.opType, node: node.name },
  );
}

function checkPlan(model: Model, plan: QuantizationPlan, perChannel: boolean): void {
  if (plan.nodes.size === 0) {
    const reasons = [...plan.left].slice(0, 5).map(([node, reason]) => `${node.label}: ${reason}`);
    throw new ModelError(`Nothing in the model can be quantized. ${reasons.join('; ') || 'It has no nodes'}`);
  }
  const needed = perChannel ? 13 : 10;
  if (model.opset < needed)
    throw new ModelError(
      `The model's operator set must be ${needed} or newer for ${perChannel ? 'per-channel ' : ''}int8, is ${model.opset}; export it with a newer one${perChannel && model.opset >= 10 ? ', or quantize with one scale a tensor' : ''}`,
    );
}

function activationRows({ activations }: QdqResult, noise: ReadonlyMap<string, number>): QuantizedTensor[] {
  return [...activations].flatMap(([name, { scale, zeroPoint, range }]) => {
    const sqnr = noise.get(name);
    if (sqnr === undefined) return [];
    return [{ name, kind: 'activation' as const, sqnr, ...range, scales: 1, scale, zeroPoint }];
  });
}

function weightRows({ weights }: QdqResult): QuantizedTensor[] {
  return weights.map(({ name, float, quantized }) => {
    const data = float.data as Float32Array;
    const meter = new NoiseMeter();
    meter.add(data, dequantizeConstant(quantized));
    const { scales } = quantized;
    return {
      name,
      kind: 'weight',
      sqnr: meter.sqnr,
      min: data.reduce((a, b) => Math.min(a, b), Infinity),
      max: data.reduce((a, b) => Math.max(a, b), -Infinity),
      scales: scales.length,
      scale: scales.length === 1 ? scales[0]! : null,
      zeroPoint: 0,
    };
  });
}

async function outputNoise(comparison: Comparison): Promise<OutputNoise[]> {
  const floats = comparison.float.graph.outputs.filter((output) => output.dtype === 'float32');
  const pairs = new Map(floats.map(({ name }) => [name, name]));
  const exact = await compareValues(comparison, pairs, { exact: true });
  const here = await compareValues(comparison, pairs, { exact: false });
  return [...exact].map(([name, sqnr]) => ({ name, sqnr, sqnrHere: here.get(name)! }));
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
