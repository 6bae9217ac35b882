import { UsageError } from '../errors.ts';
import type { Variant } from '../ledger/index.ts';
import { machineHere } from './machine.ts';
import type { Recipe, RecipeStep } from './recipe.ts';
import type { Step } from './step.ts';

/**
 * The recipe of a variant, from its lineage: it begins with the last ancestor that no known step made from another model.
 * Throws UsageError if that is the variant itself.
 */
export function recipeOf(variant: Variant, steps: readonly Step[]): Recipe {
  const lineage = variant.lineage();
  const isKnown = ({ step }: Variant): boolean => steps.some(({ name }) => name === step);
  const start = Math.max(
    0,
    lineage.findLastIndex((ancestor) => !isKnown(ancestor)),
  );
  const [source, ...made] = lineage.slice(start) as [Variant, ...Variant[]];
  if (made.length === 0)
    throw new UsageError(
      `'${variant.name}' has no recipe: it was not made from another model by one of ${steps.map(({ name }) => name).join(', ')}, but by '${variant.step}'`,
    );
  const { metrics, tested, name, id, bytes } = variant;
  return {
    format: 'edgebook-recipe',
    version: 1,
    source: { name: source.name, sha256: source.id, made: source.step },
    steps: made.map(stepOf),
    result: { name, sha256: id, bytes },
    measured: metrics,
    ...(tested !== undefined && { tested }),
    machine: machineHere(),
  };
}

function stepOf({ step, options, data, dataHash, models, id }: Variant): RecipeStep {
  return {
    step,
    options,
    ...(data !== undefined && {
      data: { name: data, ...(dataHash !== undefined && { sha256: dataHash }) },
    }),
    ...(Object.keys(models).length > 0 && { models }),
    result: id,
  };
}
