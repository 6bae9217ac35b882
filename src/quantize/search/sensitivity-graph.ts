import { backward, withOpsets } from '../../autodiff/index.ts';
import type { Model } from '../../ir/index.ts';
import { createBuilder } from '../../ops/index.ts';
import type { Encodings } from '../encodings.ts';
import { type PlanOptions, planQuantization } from '../plan.ts';
import {
  copyFloat,
  directedLoss,
  energy,
  joined,
  roundedResult,
  type Shadow,
  squaredDots,
  valuesOf,
} from './shadow.ts';
import { type Unit, unitsOf } from './units.ts';

/**
 * A model that scores all units in one run: feed the float model's inputs and, as `direction/<output>`, the gradient to
 * start from at each float output. Gives float32 [units]: `effect`, the sum over samples of (gradient . error)^2,
 * `noise` and `signal`, the energy of error and exact result.
 */
export interface SensitivityGraph {
  readonly model: Model;
  readonly units: readonly Unit[];
}

/**
 * Writes it for a prepared model of static shapes, batch first, annotated. A unit's error is what it alone would make
 * among float ones, by the rounding of its inputs, weights and result. Throws ModelError for an operator without gradient
 * between a unit and an output.
 */
export function sensitivityGraph(
  float: Model,
  encodings: Encodings,
  options: PlanOptions = {},
): SensitivityGraph {
  const plan = planQuantization(float.graph, options);
  const units = unitsOf(float.graph, plan);
  const g = createBuilder({ name: 'sensitivity' });
  const { of, outputs, tape } = copyFloat(g, float, valuesOf(float, units));
  const loss = directedLoss(g, outputs);
  const exact = units.map(({ output }) => of(output));
  const gradients = backward(g, loss, exact, tape);
  const shadow: Shadow = { g, plan, encodings, of };
  const batch = float.graph.feeds[0]!.shape![0] as number;
  const sums = units.map((unit, i) => {
    const error = g.op('Sub', [roundedResult(shadow, unit), exact[i]!]);
    const gradient = gradients[i];
    return {
      effect: gradient ? squaredDots(g, { gradient, error, batch }) : g.scalar(0),
      noise: energy(g, error),
      signal: energy(g, exact[i]!),
    };
  });
  for (const key of ['effect', 'noise', 'signal'] as const) {
    const parts = sums.map((sum) => sum[key]);
    g.output(joined(g, parts), key);
  }
  return { model: withOpsets(g.graph, float), units };
}
