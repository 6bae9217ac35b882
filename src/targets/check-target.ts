import type { Model } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';
import { checkKernels } from './check-kernels.ts';
import { checkModel } from './check-model.ts';
import { checkPairs } from './check-pairs.ts';
import { checkWeights } from './check-weights.ts';
import type { Target } from './target.ts';
import type { Violation } from './violation.ts';

/** In the order in which they are told. */
const checks: readonly ((model: Model, target: Target) => Violation[])[] = [
  checkModel,
  checkKernels,
  checkPairs,
  checkWeights,
];

/**
 * All rules of a target that a model breaks, float or quantized; none for a model that fits. `model` is not changed.
 * Throws ModelError where the model itself is wrong.
 */
export function checkTarget(model: Model, target: Target): Violation[] {
  const typed = model.clone();
  annotateTypes(typed.graph);
  return checks.flatMap((check) => check(typed, target));
}
