import { type Dataset, fingerprint } from '../data/index.ts';
import { type Json, sha256 } from '../ledger/index.ts';
import { readModel, writeModel } from '../onnx/index.ts';
import type { Report, WorkOptions } from '../report.ts';
import { type StepCache, stepKey } from './cache.ts';
import { keepReport, restoreReport } from './kept-report.ts';
import { needsData, type Step, type StepOptions } from './step.ts';

export interface StepRequest {
  readonly step: Step;
  readonly options: StepOptions;
  /** ONNX bytes of the model that the step starts from. */
  readonly content: Uint8Array;
  readonly data?: Dataset | undefined;
  /** ONNX bytes of other models, by what they are to the step. */
  readonly models?: Readonly<Record<string, Uint8Array>> | undefined;
}

export interface RunStepOptions extends WorkOptions {
  readonly cache?: StepCache | undefined;
  /** Runs the step although its result is kept. */
  readonly fresh?: boolean;
}

export interface StepOutcome {
  readonly content: Uint8Array;
  /** sha256 of it. */
  readonly id: string;
  readonly report: Report | undefined;
  /** When it was made (ISO 8601), if it was taken from the cache. */
  readonly cached: string | undefined;
  /** That this run took. */
  readonly seconds: number;
  /** Fingerprint of the data. */
  readonly dataHash: string | undefined;
}

/** Runs a step from bytes to bytes, or takes what it gave before for the same input, options, data and version. */
export async function runStep(request: StepRequest, options: RunStepOptions = {}): Promise<StepOutcome> {
  const { step, content, models = {} } = request;
  const { signal, onProgress, cache, fresh = false } = options;
  const start = performance.now();
  const data = needsData(step, request.options) ? request.data : undefined;
  const dataHash = data && (await fingerprint(data, { ...(signal && { signal }) }));
  const ids = Object.fromEntries(Object.entries(models).map(([role, bytes]) => [role, sha256(bytes)]));
  const key = stepKey({
    ...{ step: step.name, options: request.options, model: sha256(content), data: dataHash, models: ids },
  });
  const seconds = () => (performance.now() - start) / 1000;
  const found = fresh ? undefined : cache?.recall(key);
  if (found) {
    const { id, created, told } = found;
    const report = told === undefined ? undefined : restoreReport(told, cachedNote(created));
    return { content: found.content, id, report, cached: created, seconds: seconds(), dataHash };
  }
  const { model, report } = await step.run(readModel(content), request.options, {
    ...(data && { data }),
    models: Object.fromEntries(Object.entries(models).map(([role, bytes]) => [role, readModel(bytes)])),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const made = writeModel(model);
  // What an interruption left half done must not pass for the step's result.
  if (!signal?.aborted) await cache?.remember(key, made, report && (keepReport(report) as Json));
  return { content: made, id: sha256(made), report, cached: undefined, seconds: seconds(), dataHash };
}

/** For the reader of a result that was not made now. */
export const cachedNote = (created: string): string =>
  `Cached: made on ${created.slice(0, 16).replace('T', ' at ')} UTC from the same model, options and data. --fresh makes it again`;
