import { recipeSteps } from '../../magics/recipe-steps.ts';
import type { Dataset } from '../../src/data/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { type Recipe, type Replayed, replay } from '../../src/recipe/index.ts';

/** What `edgebook apply` does after reading its files (test/magics/recipe.test.ts starts the command itself). */
export const replayed = (recipe: Recipe, source: Variant, data: Dataset): Promise<Replayed> =>
  replay(recipe, source.content(), { steps: recipeSteps, openData: async () => data });
