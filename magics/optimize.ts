import { fingerprint } from '../src/data/index.ts';
import type { Variant } from '../src/ledger/index.ts';
import { type StepOptions, stepKey } from '../src/recipe/index.ts';
import { efforts, optimizeToBudget, parseBudget, quantities } from '../src/search/index.ts';
import { freshFlag, keptMessage } from './kept.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { deviceKey, measureOn } from './measure-on.ts';
import { keepOptimized, recallOptimized } from './optimize-kept.ts';
import { TrialVariants } from './optimize-variants.ts';
import { reducedHere } from './quantize-options.ts';
import { recipeSteps } from './recipe-steps.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';
import { recipeFile, saveRecipe } from './save-recipe.ts';
import { writablePath } from './train-options.ts';

export const optimize: Magic<Variant> = {
  name: 'optimize',
  summary:
    'Make a model keep a budget: fuse, prune, distill and quantize it, measure that it does, and write its recipe',
  positionals: [{ name: 'model', summary: 'a trained model', required: true, completes: 'model' }],
  flags: [
    {
      name: 'budget',
      kind: 'string',
      summary: `limits with commas between: ${quantities.map(({ example }) => example).join(', ')}; below 100 % or 1x of the original where that is meant`,
    },
    {
      name: 'data',
      kind: 'string',
      completes: 'dataset',
      summary: 'trains, calibrates and tests; default: the data that the model was trained on',
    },
    {
      name: 'effort',
      kind: 'choice',
      choices: efforts.map(({ name }) => name),
      summary: 'how much is tried, and how long is trained',
      default: 'quick',
    },
    {
      name: 'epochs',
      kind: 'number',
      min: 1,
      integer: true,
      summary: `passes over the training split after pruning; default ${efforts.map(({ epochs, name }) => `${epochs} for ${name}`).join(', ')}`,
    },
    { name: 'lr', kind: 'number', summary: 'learning rate after pruning; default 0.002' },
    {
      name: 'limit',
      kind: 'number',
      min: 1,
      integer: true,
      summary: 'train with the first samples only',
    },
    { name: 'seed', kind: 'number', integer: true, summary: 'order of the samples', default: 0 },
    freshFlag,
    { name: 'as', kind: 'string', summary: "name of the result; default: the model's name with _optimized" },
  ],
  examples: [
    "%optimize cnn --budget 'size<60kB, drop<1%'",
    "const small = %optimize cnn --budget 'latency<0.2ms@local, accuracy>97%' --effort thorough",
    "%optimize net --budget 'macs<40%, size<30%, drop<0.5%' --data photos --epochs 3",
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: runOptimize,
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : `${model}_optimized`);

async function runOptimize(line: ParsedLine, context: Context): Promise<Variant> {
  const { flags } = line;
  const budget = parseBudget(String(flags.budget ?? ''));
  const deviceOf = (device: string) => measureOn(device, context);
  for (const { device } of budget) if (device !== undefined) deviceOf(device);
  const source = await variantOf(line.positionals[0]!, context);
  const data = await datasetOf(String(flags.data ?? source.data ?? 'mnist'), context);
  const ledger = await context.ledger();
  const [name, dataHash] = [nameOf(line), await fingerprint(data, { signal: context.signal })];
  const asked = askedOf(flags);
  const devices = budget.flatMap(({ device }) => (device === undefined ? [] : [deviceKey(device, context)]));
  const key = stepKey({
    ...{ step: '%optimize', model: source.id, data: dataHash },
    options: { ...asked, budget: budget.map(({ text }) => text), devices },
  });
  // Mistakes are told before the work.
  writablePath(recipeFile(name), context);
  const bar = context.progress(`optimize ${source.name}`);
  const kept = flags.fresh ? undefined : await recallOptimized(key, { name, source, data }, ledger);
  if (kept) {
    context.display(kept.variant.report);
    bar.done(`${keptMessage(kept.created)}; ${await recipeNote(kept.variant, context)}`);
    return kept.variant;
  }
  const variants = new TrialVariants({ name, source, data }, ledger);
  const { best, verdict, report } = await optimizeToBudget(source.content(), data, {
    ...{ ...asked, budget, name: source.name, steps: recipeSteps, deviceOf },
    ...{ cache: ledger, fresh: flags.fresh === true, signal: context.signal },
    onProgress: (progress) => bar.update(progress),
    onTrial: (trial) => variants.add(trial),
  });
  const variant = await variants.finish(best, verdict?.evaluation);
  variant.report = report;
  if (verdict && !context.signal.aborted) await keepOptimized(key, { variant, source, report }, ledger);
  context.display(report);
  // What an interruption has left is not what was asked for.
  bar.done(verdict ? `${report.title}; ${await recipeNote(variant, context)}` : report.title);
  return variant;
}

const askedOf = (flags: ParsedLine['flags']) => ({
  ...{ effort: String(flags.effort), training: trainingOf(flags), int8: reducedHere({}) },
  ...(flags.epochs !== undefined && { epochs: flags.epochs as number }),
});

/** Writes the recipe of a result, and says where it is; a full disk costs no result. */
async function recipeNote(variant: Variant, context: Context): Promise<string> {
  try {
    const { file } = await saveRecipe(variant, context);
    return `recipe: ${file}`;
  } catch (error) {
    return `the recipe could not be written (%recipe ${variant.name} FILE does it): ${(error as Error).message}`;
  }
}

const trainingOf = ({ lr, limit, seed }: ParsedLine['flags']): StepOptions => ({
  ...(lr !== undefined && { learningRate: lr as number }),
  ...(limit !== undefined && { limit: limit as number }),
  seed: seed as number,
});
