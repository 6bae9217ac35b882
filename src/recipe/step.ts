import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import type { Json } from '../ledger/index.ts';
import type { Report, WorkOptions } from '../report.ts';

/** All that decides what a step does, but for models and data; the same in the ledger, in a recipe and in a key. */
export type StepOptions = Readonly<Record<string, Json>>;

/** What a step works with. */
export interface StepContext extends WorkOptions {
  readonly data?: Dataset;
  /** Models beside its own, by the step's `roles`. */
  readonly models?: Readonly<Record<string, Model>>;
}

export interface StepResult {
  readonly model: Model;
  readonly report?: Report | undefined;
}

/** One kind of step from a model to another, as the ledger names it: what makes it can be made again. */
export interface Step {
  readonly name: string;
  readonly summary: string;
  readonly needsData: boolean | ((options: StepOptions) => boolean);
  /** Other models that it needs, by what they are to it: `teacher`. */
  readonly roles?: readonly string[];
  /**
   * The same model for the same input, options and data, on one machine. Throws UsageError for options that it does not
   * take, and what the algorithm throws.
   */
  run(model: Model, options: StepOptions, context: StepContext): Promise<StepResult>;
}

/** The step of a name. Throws UsageError if there is none. */
export function stepOf(name: string, steps: readonly Step[]): Step {
  const step = steps.find((candidate) => candidate.name === name);
  if (step) return step;
  throw UsageError.unknown(
    'step of a recipe',
    name,
    steps.map((candidate) => candidate.name),
  );
}

/** The context's data. Throws UsageError if there are none. */
export function dataOf(step: string, { data }: StepContext): Dataset {
  if (data) return data;
  throw new UsageError(`The step '${step}' needs data, got none: name the data set`);
}

/** A model beside the step's own. Throws UsageError if it is not there. */
export function modelOf(step: string, role: string, { models }: StepContext): Model {
  const model = models?.[role];
  if (model) return model;
  throw new UsageError(`The step '${step}' needs a model as its ${role}, got none`);
}

/** Throws UsageError for an option that a step does not know, since it would silently do nothing. */
export function checkOptions(step: string, options: StepOptions, known: readonly string[]): void {
  const foreign = Object.keys(options).find((name) => !known.includes(name));
  if (foreign !== undefined) throw UsageError.unknown(`option of the step '${step}'`, foreign, known);
}

export const needsData = ({ needsData }: Step, options: StepOptions): boolean =>
  typeof needsData === 'function' ? needsData(options) : needsData;
