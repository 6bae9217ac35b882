import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { Report } from '../report.ts';
import type { Calibration } from './calibrate.ts';
import type { Encodings } from './encodings.ts';
import type { PlanOptions } from './plan.ts';
import type { QuantizeOptions } from './quantize-options.ts';
import type { RepairOptions } from './repair/index.ts';

/**
 * Applies the repairs of the float model, one after the other. Adds what they tell to `reports`. `exclude` of the result:
 * what must stay float, the caller's and the repairs'.
 */
export async function repairFloat(
  float: Model,
  { repairs = [], ...options }: QuantizeOptions & { readonly calibration: Calibration },
  reports: Report[],
): Promise<{ readonly model: Model; readonly exclude: ReadonlySet<string> }> {
  checkRepeatable(options.calibration, repairs.length > 0 || options.searchRanges === true);
  let model = float;
  const exclude = new Set(options.exclude);
  for (const repair of repairs) {
    if (repair.stage !== 'float') continue;
    const result = await repair.run(model, repairOptions(options, repair.name));
    model = result.model;
    reports.push(result.report);
    for (const name of result.exclude ?? []) exclude.add(name);
  }
  return { model, exclude };
}

/** Applies the repairs of encodings, one after the other. Adds what they tell to `reports`. */
export async function repairEncodings(
  subject: { readonly float: Model; readonly encodings: Encodings; readonly plan: PlanOptions },
  { repairs = [], ...options }: QuantizeOptions & { readonly calibration: Calibration },
  reports: Report[],
): Promise<Encodings> {
  let { encodings } = subject;
  for (const repair of repairs) {
    if (repair.stage !== 'encodings') continue;
    const result = await repair.run({ ...subject, encodings }, repairOptions(options, repair.name));
    encodings = result.encodings;
    reports.push(result.report);
  }
  return encodings;
}

function repairOptions(
  { calibration, perChannel, signal, onProgress }: QuantizeOptions & { readonly calibration: Calibration },
  name: string,
): RepairOptions {
  return {
    calibration,
    ...(perChannel !== undefined && { perChannel }),
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (progress) =>
        onProgress({ ...progress, message: [name, progress.message].filter(Boolean).join(': ') }),
    }),
  };
}

/** Throws UsageError for what cannot be gone through again though it must. */
export function checkRepeatable(calibration: Calibration, isRepeated: boolean): void {
  if (isRepeated && 'next' in calibration)
    throw new UsageError(
      'For repairs and a search of ranges the calibration data must be something that can be gone through again, as an array, was a generator. Pass an object whose [Symbol.asyncIterator] starts anew',
    );
}
