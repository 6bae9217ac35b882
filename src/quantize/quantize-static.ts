import { ModelError } from '../errors.ts';
import type { Model, Tensor } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import type { WorkOptions } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { describe } from './describe.ts';
import { emit } from './emit.ts';
import { encode } from './encode.ts';
import { FeedSample } from './feed-sample.ts';
import type { ObserverFactory, Range } from './observer.ts';
import { minMax } from './observers/min-max.ts';
import type { PlanOptions, QuantizationPlan } from './plan.ts';
import { planOf, prepare } from './prepare.ts';
import type { QuantizationReport } from './quantize-report.ts';
import type { ActivationType } from './scale.ts';
import { observedValues } from './shared-range.ts';
import { weightRange } from './weights.ts';

export interface QuantizeOptions extends WorkOptions, PlanOptions {
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
  const { activations: dtype = 'uint8', perChannel = true, reduceRange = false, observer = minMax } = options;
  const float = prepare(model);
  const plan = planOf(float, options);
  checkPlan(model, plan, perChannel);
  const sample = new FeedSample();
  const { constants, names } = rootsOf(plan, observer);
  const onFeeds = (feeds: Feeds) => sample.add(feeds);
  const observed = await calibrate(float, names, { ...options, calibration, observer, onFeeds });
  const encodings = encode(plan, new Map([...constants, ...observed]), {
    activations: { dtype },
    weights: { integers: weightRange(reduceRange), perChannel },
  });
  const emitted = emit(float, encodings, { plan: options });
  const report = await describe({ model, float, plan, encodings, emitted, feeds: sample.feeds });
  return { model: emitted.model, report };
}

/** Values whose scale is needed: constants with their range, and the names of those to observe. */
function rootsOf(plan: QuantizationPlan, observer: ObserverFactory) {
  const constants = new Map<string, Range>();
  const names: string[] = [];
  for (const root of observedValues(plan)) {
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
