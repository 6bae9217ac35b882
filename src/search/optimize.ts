import type { Dataset } from '../data/index.ts';
import { UsageError } from '../errors.ts';
import { readModel } from '../onnx/index.ts';
import type { Step, StepCache, StepOptions } from '../recipe/index.ts';
import type { WorkOptions } from '../report.ts';
import { type Budget, localDevice, parseBudget } from './budget.ts';
import { costsOfOriginal } from './costs.ts';
import { Lab } from './lab.ts';
import { type MeasureDevice, measureLocal } from './measure-local.ts';
import { type Findings, OptimizationReport } from './optimize-report.ts';
import { type Parts, partsOf } from './parts.ts';
import { type Effort, efforts } from './plan.ts';
import { bestOf, type Original, type Search, search } from './search.ts';
import { type StepFigures, stepFigures } from './step-figures.ts';
import type { Trial } from './trial.ts';
import { type Verdict, verdictOn } from './verdict.ts';

export interface OptimizeToBudgetOptions extends WorkOptions {
  /** As in `latency<5ms@local, size<500kB, drop<1%`. */
  readonly budget: Budget | string;
  /** All steps that may be taken: those of the library, and `quantize`. */
  readonly steps: readonly Step[];
  /** What the report calls the model. Default `model`. */
  readonly name?: string;
  /** `quick` (default) or `thorough`. */
  readonly effort?: string;
  /** Passes over the training split after channels were removed. Default: what the effort says. */
  readonly epochs?: number;
  /** More options of every training: `learningRate`, `seed`, `limit`. */
  readonly training?: StepOptions;
  /** More options of every quantization, as its step takes them. */
  readonly int8?: StepOptions;
  /** How to measure on a device. Default: `local` on this machine, UsageError for others. */
  readonly deviceOf?: (name: string) => MeasureDevice;
  readonly cache?: StepCache;
  readonly fresh?: boolean;
  /** Told after each network that was made and measured. */
  readonly onTrial?: (trial: Trial) => Promise<void>;
}

export interface OptimizedToBudget {
  /** The network that keeps the budget, else the nearest. */
  readonly best: Trial;
  readonly trials: readonly Trial[];
  /** Undefined after an interruption. */
  readonly verdict: Verdict | undefined;
  readonly report: OptimizationReport;
}

/**
 * Makes a model (ONNX bytes) keep a budget by pruning, distilling and quantizing it: measures the original, takes the
 * first network that keeps all limits on the samples that decide, and judges it by others, and by measuring again. When
 * aborted, the best so far is given, if there is one. Throws UsageError for a budget that cannot be measured here.
 */
export async function optimizeToBudget(
  source: Uint8Array,
  data: Dataset,
  options: OptimizeToBudgetOptions,
): Promise<OptimizedToBudget> {
  const { signal, name = 'model', onTrial } = options;
  const budget = typeof options.budget === 'string' ? parseBudget(options.budget) : options.budget;
  const effort = effortOf(options);
  const parts = partsOf(data, readModel(source), budget);
  const lab = labOf(source, data, { ...options, budget });
  lab.tell('the original');
  const original = await measuredOriginal(lab, parts);
  const state: Search = {
    ...{ lab, effort, parts, original, onTrial, trials: [], probes: [], failures: [] },
    settings: {
      ...{ epochs: effort.epochs, training: options.training ?? {}, int8: options.int8 ?? {} },
      maxDrop: parts?.isHalved ? allowedDrop(budget, original) : undefined,
    },
  };
  await search(state).catch((error: unknown) => {
    if (!signal?.aborted || state.trials.length === 0) throw error;
  });
  const best = bestOf(state.trials);
  if (!best) throw new UsageError(`Nothing could be made of '${name}': ${state.failures[0]!.reason}`);
  const [verdict, steps] = await judged(state, best);
  const findings = findingsOf(state, { name, best, verdict, steps });
  return { best, trials: state.trials, verdict, report: new OptimizationReport(findings) };
}

/** The verdict, and what each step gave; as far as they were reached before an interruption. */
async function judged(state: Search, best: Trial): Promise<[Verdict | undefined, readonly StepFigures[]]> {
  const { lab, parts, original } = state;
  const { signal } = lab.setup;
  const unlessAborted = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (signal?.aborted) return undefined;
    return work().catch((error: unknown) => {
      if (!signal?.aborted) throw error;
      return undefined;
    });
  };
  const verdict = await unlessAborted(() =>
    verdictOn(best, { lab, heldOut: parts?.heldOut, source: original.figures }),
  );
  return [verdict, (await unlessAborted(() => stepFigures(state, best))) ?? []];
}

function effortOf({ effort = 'quick', epochs }: OptimizeToBudgetOptions): Effort {
  const found = efforts.find(({ name }) => name === effort);
  if (!found)
    throw UsageError.unknown(
      'effort',
      effort,
      efforts.map(({ name }) => name),
    );
  if (epochs === undefined) return found;
  if (!(Number.isInteger(epochs) && epochs >= 1))
    throw new UsageError(`'epochs' must be a whole number of 1 or more, was ${epochs}`);
  return { ...found, epochs };
}

function labOf(
  source: Uint8Array,
  data: Dataset,
  options: OptimizeToBudgetOptions & { budget: Budget },
): Lab {
  const { budget, steps, cache, fresh = false, deviceOf = onlyLocal, signal, onProgress } = options;
  const devices = new Set(budget.flatMap(({ device }) => device ?? []));
  return new Lab({
    ...{ source, data, budget, steps, cache, fresh },
    devices: new Map([...devices].map((device) => [device, deviceOf(device)])),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

/** Throws UsageError for another device than this machine. */
export function onlyLocal(name: string): MeasureDevice {
  if (name === localDevice) return measureLocal;
  throw new UsageError(
    `The budget names the device '${name}', which cannot be measured: only '${localDevice}', this machine, can. Write @${localDevice}, or leave @${name} out`,
  );
}

async function measuredOriginal(lab: Lab, parts: Parts | undefined): Promise<Original> {
  const { source } = lab.setup;
  const costs = await costsOfOriginal(lab);
  const evaluation = parts && (await lab.evaluate(source, parts.deciding));
  return {
    evaluation,
    figures: { ...costs, accuracy: evaluation?.accuracy, drop: evaluation && 0 },
  };
}

/** Points that may be lost, as a fraction; undefined if the budget does not say. */
function allowedDrop(budget: Budget, { evaluation }: Original): number | undefined {
  const bounds = budget.flatMap(({ quantity, limit }) =>
    quantity.name === 'drop' ? [limit] : quantity.name === 'accuracy' ? [evaluation!.accuracy - limit] : [],
  );
  const least = Math.min(...bounds);
  return least > 0 && least < 1 ? least : undefined;
}

function findingsOf(
  { trials, probes, failures, original, lab, parts }: Search,
  { name, best, verdict, steps }: Pick<Findings, 'name' | 'best' | 'verdict' | 'steps'>,
): Findings {
  const { budget } = lab.setup;
  return {
    ...{ name, budget, original, trials, probes, failures, best, verdict, steps },
    decidedOn: original.evaluation?.data,
    heldOut: parts && verdict?.evaluation?.data,
  };
}
