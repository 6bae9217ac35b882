import { writeDurable } from '../src/ledger/durable.ts';
import type { Variant } from '../src/ledger/index.ts';
import { type Recipe, recipeOf, writeRecipe } from '../src/recipe/index.ts';
import type { Context } from './magic.ts';
import { recipeSteps } from './recipe-steps.ts';
import { writablePath } from './train-options.ts';

/** Writes how a variant was made, to a file from the notebook's folder; default: the variant's name with .recipe.json. */
export async function saveRecipe(
  variant: Variant,
  context: Context,
  file = `${variant.name}.recipe.json`,
): Promise<{ readonly recipe: Recipe; readonly file: string }> {
  const recipe = recipeOf(variant, recipeSteps);
  await writeDurable(writablePath(file, context), Buffer.from(writeRecipe(recipe)));
  return { recipe, file };
}
