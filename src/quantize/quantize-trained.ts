import type { Dataset } from '../data/index.ts';
import type { Model } from '../ir/index.ts';
import { checkTarget } from '../targets/index.ts';
import type { Calibration } from './calibrate.ts';
import { checkAccepted } from './check-accepted.ts';
import { describe } from './describe.ts';
import { emit } from './emit.ts';
import { planOf } from './prepare.ts';
import { type QatOptions, qat } from './qat/index.ts';
import { type QuantizedModel, type QuantizeOptions, quantizeStatic } from './quantize-static.ts';

export interface TrainedOptions extends QuantizeOptions {
  /** What is learned, on what data; the plan is that of the static quantization. */
  readonly training: Omit<QatOptions, 'plan'> & { readonly data: Dataset };
}

/**
 * Static quantization, repairs included, then quantization-aware training from what it gives. The report's noise of
 * outputs is that beside `model` itself. An interruption of the training keeps what was reached. With a limit of
 * the drop, what that left float stays float. Throws what `quantizeStatic` and `qat` throw, and ModelError if the target
 * would refuse what was trained.
 */
export async function quantizeTrained(
  model: Model,
  calibration: Calibration,
  { training, ...options }: TrainedOptions,
): Promise<QuantizedModel> {
  const start = await quantizeStatic(model, calibration, options);
  const { original, feeds, plan } = start;
  const { signal, target } = options;
  const trained = await qat(start.float, start.encodings, {
    ...(signal && { signal }),
    ...training,
    plan,
  });
  const { float, encodings } = trained;
  if (target) checkAccepted(checkTarget(trained.model, target), target);
  const reports = [trained.report, ...start.reports];
  const { warnings } = trained.report.training;
  return {
    ...{ model: trained.model, float, original, encodings, plan, feeds, reports, warnings },
    describe: () =>
      describe({
        ...{ model, float, original, encodings, feeds, reports, warnings },
        plan: planOf(float, plan),
        emitted: emit(float, encodings, { plan }),
      }),
  };
}
