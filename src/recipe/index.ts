export { sha256 } from '../ledger/index.ts';
export { type StepCache, type StepInput, stepKey } from './cache.ts';
export { recipeOf } from './derive.ts';
export { keepReport, restoreReport } from './kept-report.ts';
export { differences, type Machine, machineHere } from './machine.ts';
export {
  type DataReference,
  type ModelReference,
  type Recipe,
  type RecipeStep,
  readRecipe,
  writeRecipe,
} from './recipe.ts';
export { type Replayed, type ReplayOptions, replay } from './replay.ts';
export { optionsText, type ReplayedStep, ReplayReport } from './replay-report.ts';
export { cachedNote, type RunStepOptions, runStep, type StepOutcome, type StepRequest } from './run-step.ts';
export { type Step, type StepContext, type StepOptions, type StepResult, stepOf } from './step.ts';
export { steps } from './steps/index.ts';
