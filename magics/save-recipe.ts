import { writeDurable } from '../src/ledger/durable.ts';
import type { Variant } from '../src/ledger/index.ts';
import { type Recipe, recipeOf, writeRecipe } from '../src/recipe/index.ts';
import type { Context } from './magic.ts';
import { recipeSteps } from './recipe-steps.ts';
import { writablePath } from './train-options.ts';

/** Where the recipe of a variant goes if nothing else is said. */
export const recipeFile = (name: string): string => `${name}.recipe.json`;

/** Writes how a variant was made, to a file from the notebook's folder. */
export async function saveRecipe(
  variant: Variant,
  context: Context,
  file = recipeFile(variant.name),
): Promise<{ readonly recipe: Recipe; readonly file: string }> {
  const recipe = recipeOf(variant, recipeSteps);
  await writeDurable(writablePath(file, context), Buffer.from(writeRecipe(recipe)));
  return { recipe, file };
}
