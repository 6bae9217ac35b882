import { Report } from '../report.ts';
import type { Recipe, RecipeStep } from './recipe.ts';
import type { StepOutcome } from './run-step.ts';

export interface ReplayedStep {
  readonly step: RecipeStep;
  readonly outcome: StepOutcome;
}

interface Surroundings {
  /** Whether it was applied to the recipe's own source. */
  readonly isSource: boolean;
  /** What differs between this machine and the recipe's. */
  readonly machine: readonly string[];
}

/** What a replay did, step by step, and whether it gave the recipe's bytes. */
export class ReplayReport extends Report {
  /** Whether the result has the recipe's bytes; undefined where it was applied to another model or to other data. */
  readonly isSame: boolean | undefined;

  constructor(recipe: Recipe, done: readonly ReplayedStep[], surroundings: Surroundings) {
    const isSame = sameness(recipe, done, surroundings);
    super({
      title: `${recipe.source.name} → ${recipe.result.name}: ${conclusion(isSame)}`,
      columns: [
        { key: 'step', header: 'step' },
        { key: 'options', header: 'options', wrap: 50 },
        { key: 'data', header: 'data' },
        { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
        { key: 'seconds', header: 'time', unit: 's', significant: 3 },
        { key: 'cached', header: 'cached' },
        { key: 'same', header: "recipe's bytes" },
        { key: 'id', header: 'sha256' },
      ],
      rows: done.map(({ step, outcome }) => ({
        step: step.step,
        options: optionsText(step.options),
        data: step.data?.name,
        bytes: outcome.content.byteLength,
        seconds: outcome.seconds,
        cached: outcome.cached === undefined ? undefined : outcome.cached.slice(0, 19),
        same: step.result === outcome.id ? 'yes' : 'no',
        id: outcome.id.slice(0, 12),
      })),
      warnings: warningsOf(isSame, recipe, surroundings),
    });
    this.isSame = isSame;
  }
}

function sameness(
  { steps, result }: Recipe,
  done: readonly ReplayedStep[],
  { isSource }: Surroundings,
): boolean | undefined {
  if (done.at(-1)?.outcome.id === result.sha256) return true;
  const otherData = done.some(
    ({ outcome }, i) =>
      steps[i]!.data?.sha256 !== undefined &&
      outcome.dataHash !== undefined &&
      outcome.dataHash !== steps[i]!.data.sha256,
  );
  return isSource && !otherData ? false : undefined;
}

const conclusion = (isSame: boolean | undefined): string =>
  isSame === undefined ? 'made anew, from other input' : isSame ? 'the same bytes' : 'other bytes';

function warningsOf(
  isSame: boolean | undefined,
  { source, result }: Recipe,
  { isSource, machine }: Surroundings,
): string[] {
  if (isSame === undefined)
    return [
      isSource
        ? 'The data are not those of the recipe: its figures do not hold for the result'
        : `The model is not ${source.name} of the recipe (${source.sha256.slice(0, 12)}): its figures do not hold for the result`,
    ];
  if (isSame) return [];
  return [
    `The result should be ${result.sha256.slice(0, 12)}. ${
      machine.length > 0
        ? `Other kernels and threads sum in another order; what differs: ${machine.join('; ')}`
        : 'The machine is the same as far as is known: other code, or a step that is not deterministic'
    }`,
  ];
}

/** `epochs 2, seed 1`. */
export function optionsText(options: RecipeStep['options']): string {
  return Object.entries(options)
    .map(([name, value]) =>
      value === true ? name : `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ');
}
