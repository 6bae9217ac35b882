import { type Step, steps } from '../src/recipe/index.ts';
import { quantizeStep } from './quantize-step.ts';

/** Every step that a recipe may have: the library's, and those whose options are the flags of a magic. */
export const recipeSteps: readonly Step[] = [...steps, quantizeStep];
