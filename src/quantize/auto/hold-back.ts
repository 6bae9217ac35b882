import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import type { Feeds } from '../../runtime/index.ts';
import type { Calibration } from '../calibrate.ts';
import { partsOf, samplesOf } from '../slices.ts';

/** One sample of so many is held back. */
const every = 5;

/** Held-back samples that are looked at: enough to tell settings apart, as all are judged on the same. */
const judged = 64;

export interface Parted {
  /** To quantize with. */
  readonly kept: Calibration;
  /** To judge with, at most about 64 samples: none of them is in `kept`. */
  readonly held: Calibration;
}

/**
 * Parts calibration data, batch by batch as they come: the last fifth of each batch is held back, or every fifth batch
 * where the model's batch is fixed or batches are small. Both can be gone through again if `calibration` can. Going through
 * `held` throws UsageError where nothing is left to hold back.
 */
export function holdBack(model: Model, calibration: Calibration): Parted {
  const isFixed = typeof model.graph.feeds[0]?.shape?.[0] === 'number';
  return {
    kept: { [Symbol.asyncIterator]: () => keptOf(calibration, isFixed) },
    held: { [Symbol.asyncIterator]: () => heldOf(calibration, isFixed) },
  };
}

async function* keptOf(calibration: Calibration, isFixed: boolean): AsyncGenerator<Feeds, void> {
  for await (const { kept } of partsIn(calibration, isFixed)) if (kept) yield kept;
}

async function* heldOf(calibration: Calibration, isFixed: boolean): AsyncGenerator<Feeds, void> {
  let count = 0;
  for await (const { held } of partsIn(calibration, isFixed)) {
    if (!held) continue;
    yield held;
    count += samplesOf(held);
    if (count >= judged) return;
  }
  if (count === 0)
    throw new UsageError(
      `To choose a setting by samples that are held back, calibration data must have at least ${every} samples, or ${every} batches where the model's batch is fixed, has fewer: give more, or name a method`,
    );
}

async function* partsIn(
  calibration: Calibration,
  isFixed: boolean,
): AsyncGenerator<{ readonly kept?: Feeds; readonly held?: Feeds }, void> {
  let wholes = 0;
  for await (const batch of calibration) {
    const count = samplesOf(batch);
    if (isFixed || count < every) {
      wholes++;
      yield wholes % every === 0 ? { held: batch } : { kept: batch };
      continue;
    }
    const [kept, held] = partsOf(batch, count - Math.floor(count / every));
    yield { kept: kept!, held: held! };
  }
}
