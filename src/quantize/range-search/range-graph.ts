import { backward, withOpsets } from '../../autodiff/index.ts';
import type { Model } from '../../ir/index.ts';
import { createBuilder } from '../../ops/index.ts';
import type { ActivationEncoding } from '../encodings.ts';
import { copyFloat, directedLoss, joined, rounded, squaredDots } from '../search/shadow.ts';

/** Encodings to try for values that share a scale, by their names. */
export interface Candidates {
  readonly root: string;
  /** Names of the values whose errors count. */
  readonly values: readonly string[];
  readonly encodings: readonly ActivationEncoding[];
}

/**
 * A model that tries all candidates in one run: takes the float model's inputs and `direction/<output>`, gives `effect`,
 * float32 [candidates of all roots]: the sum over samples of (gradient . rounding error)^2. `float` has static shapes,
 * batch first. Throws ModelError for an operator without gradient between a value and an output.
 */
export function rangeGraph(float: Model, candidates: readonly Candidates[]): Model {
  const g = createBuilder({ name: 'ranges' });
  const names = [...new Set(candidates.flatMap(({ values }) => values))];
  const { of, outputs, tape } = copyFloat(g, float, names);
  const found = backward(g, directedLoss(g, outputs), names.map(of), tape);
  const gradients = new Map(names.map((name, i) => [name, found[i]]));
  const batch = float.graph.feeds[0]!.shape![0] as number;
  const effects = candidates.flatMap(({ values, encodings }) =>
    encodings.map((encoding) => {
      const parts = values.flatMap((name) => {
        const gradient = gradients.get(name);
        if (!gradient) return [];
        const error = g.op('Sub', [rounded(g, of(name), encoding), of(name)]);
        return [squaredDots(g, { gradient, error, batch })];
      });
      return parts.length > 0 ? parts.reduce((sum, part) => g.op('Add', [sum, part])) : g.scalar(0);
    }),
  );
  g.output(joined(g, effects), 'effect');
  return withOpsets(g.graph, float);
}
