import { evaluate } from '../../bench/index.ts';
import type { Dataset } from '../../data/index.ts';
import { UsageError } from '../../errors.ts';
import type { Model } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import type { WorkOptions } from '../../report.ts';
import { type FitOptions, testLoss } from '../../train/index.ts';
import { type ScanPoint, SensitivityReport } from './sensitivity-report.ts';

export interface ScanOptions extends WorkOptions, Pick<FitOptions, 'loss' | 'target' | 'teacher'> {
  /** Shares of a layer that are pruned, each from above 0 to below 1. Default 0.5, 0.7, 0.8, 0.9, 0.95. */
  readonly sparsities?: readonly number[];
  /** Samples that are measured on: of the split `validation`, or drawn from the training split if there is none. Default 1000. */
  readonly samples?: number;
  /** Fixes which samples. Default 0. */
  readonly seed?: number;
}

/** What is scanned: each layer alone is pruned to each share. */
export interface ScanSubject {
  readonly model: Model;
  readonly layers: readonly string[];
  /** `weights` or `channels`, for the titles. */
  readonly what: string;
  readonly left?: readonly { readonly name: string; readonly reason: string }[];
  /** The model with one layer pruned. */
  prune(layer: string, sparsity: number): Model | Promise<Model>;
}

const usualSparsities = [0.5, 0.7, 0.8, 0.9, 0.95];

/**
 * Prunes one layer at a time and measures the model without training: accuracy and loss of a classifier, else the loss
 * that `fit` would train with. Throws UsageError for a share out of range and what `fit` throws for data that do not fit,
 * and the signal's reason when aborted.
 */
export async function scan(
  subject: ScanSubject,
  data: Dataset,
  options: ScanOptions = {},
): Promise<SensitivityReport> {
  const { sparsities = usualSparsities, signal, onProgress } = options;
  checkSparsities(sparsities);
  const measured = sampled(data, options);
  const dense = await measure(subject.model, measured, options);
  const points: ScanPoint[] = [];
  const total = subject.layers.length * sparsities.length;
  for (const layer of subject.layers) {
    for (const sparsity of sparsities) {
      signal?.throwIfAborted();
      const model = await subject.prune(layer, sparsity);
      points.push({ layer, sparsity, ...(await measure(model, measured, options)) });
      onProgress?.({ done: points.length, total, message: `${layer} at ${Math.round(100 * sparsity)} %` });
    }
  }
  return new SensitivityReport(points, { dense, what: subject.what, left: subject.left ?? [] });
}

function checkSparsities(sparsities: readonly number[]): void {
  const wrong = sparsities.find((sparsity) => !(sparsity > 0 && sparsity < 1));
  if (wrong === undefined && sparsities.length > 0) return;
  throw new UsageError(
    `'sparsities' must be shares from above 0 to below 1, ${wrong === undefined ? 'there were none' : `was ${wrong}`}`,
  );
}

/** The data with a validation split of so many samples at most. */
function sampled(data: Dataset, { samples = 1000, seed = 0 }: ScanOptions): Dataset {
  if (!(Number.isInteger(samples) && samples >= 1))
    throw new UsageError(`'samples' must be a whole number of 1 or more, was ${samples}`);
  if (data.splitNames.includes('validation')) return data;
  return data.withValidation(Math.min(samples, data.size('train') - 1), seed);
}

async function measure(
  model: Model,
  data: Dataset,
  { samples = 1000, signal, loss, target, teacher }: ScanOptions,
): Promise<{ loss: number; accuracy?: number }> {
  const own = { split: 'validation', ...(signal && { signal }) };
  const isClassifier = loss === undefined && target === undefined && data.split('validation').labels;
  if (!isClassifier) return { loss: (await testLoss(model, data, { ...own, loss, target, teacher })).loss };
  const evaluation = await evaluate(writeModel(model), data, { ...own, limit: samples });
  return { loss: evaluation.loss, accuracy: evaluation.accuracy };
}
