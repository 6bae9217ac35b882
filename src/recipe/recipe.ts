import { UsageError } from '../errors.ts';
import type { Json } from '../ledger/index.ts';
import type { Machine } from './machine.ts';
import type { StepOptions } from './step.ts';

/** A model by its content. */
export interface ModelReference {
  readonly name: string;
  /** Of the ONNX bytes, in hexadecimal. */
  readonly sha256: string;
}

export interface DataReference {
  readonly name: string;
  /** Fingerprint; absent for variants that were made before it was taken. */
  readonly sha256?: string;
}

export interface RecipeStep {
  readonly step: string;
  readonly options: StepOptions;
  readonly data?: DataReference;
  /** Ids of other models, by what they are to the step: the source's, an earlier step's result or a model that is given. */
  readonly models?: Readonly<Record<string, string>>;
  /** sha256 of the ONNX bytes that it gave. */
  readonly result: string;
}

/** How a model was made from another, so that it can be made again. */
export interface Recipe {
  readonly format: 'edgebook-recipe';
  readonly version: 1;
  readonly source: ModelReference & { readonly made?: string };
  readonly steps: readonly RecipeStep[];
  readonly result: ModelReference & { readonly bytes: number };
  /** What was measured of the result, as the ledger has it. */
  readonly measured: Readonly<Record<string, number>>;
  /** What the accuracy was measured on. */
  readonly tested?: string;
  /** Where it was made. */
  readonly machine: Machine;
}

export const writeRecipe = (recipe: Recipe): string => `${JSON.stringify(recipe, null, 2)}\n`;

/** Reads a recipe's JSON. Throws UsageError, which names `file` and the field that is wrong. */
export function readRecipe(text: string, file = 'recipe.json'): Recipe {
  const recipe = parse(text, file);
  const fail = (field: string, must: string): never => {
    throw new UsageError(
      `${file} must be a recipe: its field '${field}' must be ${must}. Make it by %recipe MODEL`,
    );
  };
  if (!isRecord(recipe)) return fail('format', "'edgebook-recipe'");
  if (recipe.format !== 'edgebook-recipe') fail('format', "'edgebook-recipe'");
  if (recipe.version !== 1)
    throw new UsageError(
      `${file} is a recipe of version ${recipe.version}, this Edgebook reads version 1: take a newer one`,
    );
  for (const field of ['source', 'result'])
    if (!isReference(recipe[field])) fail(field, 'a model with name and sha256');
  if (!Array.isArray(recipe.steps)) return fail('steps', 'a list of steps');
  recipe.steps.forEach((step, i) => {
    const wrong = mistakeIn(step);
    if (wrong) fail(`steps[${i}].${wrong[0]}`, wrong[1]);
  });
  if (!isRecord(recipe.measured)) fail('measured', 'figures by name');
  if (!isRecord(recipe.machine)) fail('machine', 'facts by name');
  return recipe as unknown as Recipe;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file} must be JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Which field of a step is wrong, and what it must be. */
function mistakeIn(step: unknown): [string, string] | undefined {
  if (!isRecord(step) || typeof step.step !== 'string') return ['step', 'the name of a step'];
  if (!isRecord(step.options)) return ['options', 'options by name'];
  if (!isHash(step.result)) return ['result', 'a sha256 in hexadecimal'];
  const { data, models } = step;
  const isData =
    data === undefined ||
    (isRecord(data) && typeof data.name === 'string' && (data.sha256 === undefined || isHash(data.sha256)));
  if (!isData) return ['data', 'a data set with name and maybe sha256'];
  if (models !== undefined && !(isRecord(models) && Object.values(models).every(isHash)))
    return ['models', 'sha256 of models by what they are to the step'];
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isReference = (value: unknown): boolean =>
  isRecord(value) && typeof value.name === 'string' && isHash(value.sha256);

/** JSON in which the order of keys does not matter. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`;
}
