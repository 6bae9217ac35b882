import { ModelError, UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { Report } from '../report.ts';
import type { Feeds } from '../runtime/index.ts';
import { checkModel, checkTarget } from '../targets/index.ts';
import { repairEncodings, repairFloat } from './apply-repairs.ts';
import type { Calibration } from './calibrate.ts';
import { checkAccepted } from './check-accepted.ts';
import { describe } from './describe.ts';
import { emit } from './emit.ts';
import { encode } from './encode.ts';
import type { Encodings } from './encodings.ts';
import { minMax } from './observers/min-max.ts';
import type { PlanOptions, QuantizationPlan } from './plan.ts';
import { planOf, prepare } from './prepare.ts';
import type { QuantizeOptions } from './quantize-options.ts';
import type { QuantizationReport } from './quantize-report.ts';
import type { SearchedRanges } from './range-search/index.ts';
import { type Encodable, encodeObserved } from './reduce-observed.ts';
import { limitDrop } from './search/index.ts';
import { settlePlan } from './settle-plan.ts';
import { weightRange } from './weights.ts';

export type { DropLimit, QuantizeOptions, SaturationProbe } from './quantize-options.ts';

export interface QuantizedModel {
  readonly model: Model;
  /** What a training, repairs and a search tell. */
  readonly reports: readonly Report[];
  /** What to know beforehand: of weights with fewer bits, of the training. */
  readonly warnings: readonly string[];
  /**
   * Runs the given model and this one, as they are then, on some of the calibration data, and tells the noise of every
   * tensor, sizes, and what stayed float, beside `reports` and `warnings`. Takes about as long as the quantization.
   */
  describe(): Promise<QuantizationReport>;
  /** The float model as it was prepared and repaired. */
  readonly float: Model;
  readonly encodings: Encodings;
  /** What the encodings are for. */
  readonly plan: PlanOptions;
  /** The calibration batches that the report is on. */
  readonly feeds: readonly Feeds[];
  /** The float model as it was prepared, before repairs. */
  readonly original: Model;
  /** What the search of ranges has chosen, if there was one. */
  readonly searched?: SearchedRanges;
}

/**
 * Static quantization: activations by their range on calibration data, symmetric weights, int32 bias, written as
 * QuantizeLinear/DequantizeLinear that the target fuses. Batch normalization joins its convolution first. Inputs
 * and outputs stay float32; `model` is not changed. With repairs `calibration` is gone through several times.
 * Throws ModelError if the model is quantized already, nothing can be, or the target would refuse the result;
 * UsageError for an empty calibration set.
 * Source: Jacob et al. 2018 (arXiv 1712.05877); Wu et al. 2020 (arXiv 2004.09602).
 */
export async function quantizeStatic(
  model: Model,
  calibration: Calibration,
  options: QuantizeOptions = {},
): Promise<QuantizedModel> {
  checkTypes(options);
  const { observer = minMax, target } = options;
  const work = { ...options, calibration, observer };
  const reports: Report[] = [];
  const original = prepare(model);
  // What quantization does not change is told before the work.
  if (target) checkAccepted(checkModel(original, target), target);
  const { model: float, exclude } = await repairFloat(original, work, reports);
  const planOptions: PlanOptions = {
    ...(target && { target }),
    ...(exclude.size > 0 && { exclude }),
    ...(options.floatOutputs && { floatOutputs: true }),
  };
  checkPlan(planOf(float, planOptions));
  const encodable = await settlePlan(float, planOptions, { work, reports });
  const { feeds } = encodable;
  const { encodings: nearest, warnings, ...observed } = await encodeObserved(encodable, options);
  reports.push(...observed.reports);
  const subject = { float, encodings: nearest, plan: encodable.planOptions };
  const encodings = await repairEncodings(subject, work, reports);
  const result = await finished({ ...encodable, encodings }, options, reports);
  if (target) checkAccepted(checkTarget(result.emitted.model, target), target);
  const isAsPlanned = result.planOptions === encodable.planOptions;
  const chosen = isAsPlanned ? encodable.plan : planOf(float, result.planOptions);
  const described = { ...result, model, float, original, plan: chosen, feeds, reports, warnings };
  const { emitted, planOptions: final } = result;
  const { searched } = encodable;
  return {
    ...{ model: emitted.model, float, original, encodings: result.encodings, plan: final, feeds },
    ...{ reports, warnings },
    describe: () => describe(described),
    ...(searched && { searched }),
  };
}

/** What is known once everything has its integers. */
interface Started extends Encodable {
  readonly encodings: Encodings;
}

/** The model as it is, or the one that stays within the limit. */
async function finished(started: Started, { limit, ...options }: QuantizeOptions, reports: Report[]) {
  const { float, plan, planOptions, scheme, ranges, encodings, feeds } = started;
  if (!limit) return { emitted: emit(float, encodings, { plan: planOptions }), encodings, planOptions };
  const isNarrow = scheme.weights.integers.max < weightRange(true).max;
  const weights = { ...scheme.weights, integers: weightRange(false) };
  const wider = isNarrow ? encode(plan, ranges, { ...scheme, weights }) : undefined;
  const { signal, onProgress } = options;
  const limited = await limitDrop(
    float,
    { encodings, plan: planOptions, ...(wider && { wider }) },
    { ...limit, feeds, ...(signal && { signal }), ...(onProgress && { onProgress }) },
  );
  reports.push(limited.report);
  const { emitted, exclude } = limited;
  return { emitted, encodings: limited.encodings, planOptions: { ...planOptions, exclude } };
}

function checkTypes({ weightBits = 8, activationBits = 8, activations, target }: QuantizeOptions): void {
  const wanted = target?.activations.dtype;
  // onnxruntime turns one type into the other itself; others would compute in float.
  if (activations && activations !== wanted && target && !target.name.startsWith('ort-'))
    throw new UsageError(
      `The activations for ${target.title} must be ${wanted}, were to be ${activations}: leave the type to the target`,
    );
  for (const [what, bits] of [
    ['weights', weightBits],
    ['activations', activationBits],
  ] as const)
    if (!Number.isInteger(bits) || bits < 2 || bits > 8)
      throw new UsageError(`The bits of ${what} must be a whole number from 2 to 8, was ${bits}`);
}

function checkPlan(plan: QuantizationPlan): void {
  if (plan.nodes.size === 0) {
    const reasons = [...plan.left].slice(0, 5).map(([node, reason]) => `${node.label}: ${reason}`);
    throw new ModelError(`Nothing in the model can be quantized. ${reasons.join('; ') || 'It has no nodes'}`);
  }
}
