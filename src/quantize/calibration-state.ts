import { UsageError } from '../errors.ts';
import type { Observer, ObserverFactory, ObserverState } from './observer.ts';

/** All that was observed up to some batch, as plain data that JSON keeps exactly. */
export interface CalibrationState {
  /** How many batches that were. */
  readonly batches: number;
  /** By name of the value. */
  readonly observers: Readonly<Record<string, ObserverState>>;
}

/**
 * Observers of values: fresh, or going on from a saved state.
 * Throws UsageError if that is of other values or of another method.
 */
export function resumed(
  names: readonly string[],
  { observer, resume }: { readonly observer: ObserverFactory; readonly resume?: CalibrationState },
): Map<string, Observer> {
  if (!resume) return new Map(names.map((name) => [name, observer(name)]));
  const saved = new Map(Object.entries(resume.observers));
  const missing = names.find((name) => !saved.has(name));
  const foreign = [...saved.keys()].find((name) => !names.includes(name));
  if (missing !== undefined || foreign !== undefined)
    throw new UsageError(
      `To resume, the saved calibration must be of the same values: ${missing !== undefined ? `it has no '${missing}'` : `it has '${foreign}', which is not observed now`}. Resume with the model that it was started with`,
    );
  return new Map(names.map((name) => [name, observer(name, saved.get(name))]));
}
