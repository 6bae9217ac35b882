import { type Dataset, fingerprint } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { sha256 } from '../ledger/index.ts';
import type { Progress } from '../report.ts';
import { differences, machineHere } from './machine.ts';
import type { DataReference, Recipe, RecipeStep } from './recipe.ts';
import { type ReplayedStep, ReplayReport } from './replay-report.ts';
import { type RunStepOptions, runStep } from './run-step.ts';
import { needsData, type Step, stepOf } from './step.ts';

export interface ReplayOptions extends RunStepOptions {
  /** All steps that a recipe may have. */
  readonly steps: readonly Step[];
  /** Opens the data set that a step names. */
  readonly openData: (reference: DataReference) => Promise<Dataset>;
  /** Takes data of another content than the recipe's; else they are refused. Default false. */
  readonly otherData?: boolean;
  /** Models that steps need and that are neither the source nor made by an earlier step. */
  readonly models?: readonly Uint8Array[];
  /** Told before each step, and while it runs. */
  readonly onStep?: (step: RecipeStep, index: number, progress?: Progress) => void;
}

export interface Replayed {
  /** The ONNX bytes. */
  readonly content: Uint8Array;
  readonly report: ReplayReport;
}

/**
 * Makes a model as a recipe says, from its source or another model. With the source, the data and the machine of the
 * recipe it gives the same bytes; the report says whether it did, and what may have made a difference. Throws
 * UsageError for an unknown step, for data that are not the recipe's, and for a model that is missing.
 */
export async function replay(recipe: Recipe, source: Uint8Array, options: ReplayOptions): Promise<Replayed> {
  const todo = recipe.steps.map((step) => ({ ...step, kind: stepOf(step.step, options.steps) }));
  const known = new Map<string, Uint8Array>([
    [recipe.source.sha256, source],
    ...(options.models ?? []).map((content) => [sha256(content), content] as const),
  ]);
  checkModels(recipe, known);
  const opened = await openAll(recipe, options);
  const done: ReplayedStep[] = [];
  let content = source;
  for (const [index, step] of todo.entries()) {
    options.signal?.throwIfAborted();
    options.onStep?.(step, index);
    const data = step.data && opened.get(step.data.name);
    const models = Object.entries(step.models ?? {}).map(([role, id]) => [role, known.get(id)!] as const);
    const outcome = await runStep(
      { step: step.kind, options: step.options, content, data, models: Object.fromEntries(models) },
      { ...options, onProgress: (progress) => options.onStep?.(step, index, progress) },
    );
    done.push({ step, outcome });
    content = outcome.content;
    known.set(step.result, content);
  }
  const isSource = sha256(source) === recipe.source.sha256;
  return {
    content,
    report: new ReplayReport(recipe, done, { isSource, machine: differences(machineHere(), recipe.machine) }),
  };
}

/** Every other model must be there before the work begins. */
function checkModels({ steps }: Recipe, given: ReadonlyMap<string, Uint8Array>): void {
  const known = new Set(given.keys());
  steps.forEach(({ step, models = {}, result }, i) => {
    for (const [role, id] of Object.entries(models))
      if (!known.has(id))
        throw new UsageError(
          `Step ${i + 1}, ${step}, needs the model ${id.slice(0, 12)} as its ${role}: give its ONNX file too (--with FILE)`,
        );
    known.add(result);
  });
}

/** The data of all steps, by name, checked against their fingerprints before the work begins. */
async function openAll({ steps }: Recipe, options: ReplayOptions): Promise<Map<string, Dataset>> {
  const { openData, otherData = false, signal } = options;
  const opened = new Map<string, Dataset>();
  for (const { step, data: reference, options: own } of steps) {
    if (!reference || !needsData(stepOf(step, options.steps), own)) continue;
    const data = opened.get(reference.name) ?? (await openData(reference));
    opened.set(reference.name, data);
    const hash = await fingerprint(data, { ...(signal && { signal }) });
    if (otherData || reference.sha256 === undefined || reference.sha256 === hash) continue;
    throw new UsageError(
      `The data of step '${step}' must be ${reference.name} of fingerprint ${reference.sha256.slice(0, 12)}, ${data.name} has ${hash.slice(0, 12)}. To apply the recipe to other data name them: --data ${data.name}`,
    );
  }
  return opened;
}
