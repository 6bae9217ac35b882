import { evaluate } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { type FitOptions, type TrainingReport, testLoss } from '../src/train/index.ts';
import { scoresClasses } from './scores-classes.ts';

/** What the test split told of a trained model. */
export interface TestResult {
  readonly metrics: Readonly<Record<string, number>>;
  readonly tested?: string;
  /** `test accuracy 97.30 %`. */
  readonly message: string;
  readonly report: TrainingReport;
}

type Test = (
  trained: { model: Model; bytes: Uint8Array; report: TrainingReport },
  signal: AbortSignal,
) => Promise<TestResult>;

/**
 * How a model will be tested, decided before it is trained: by its accuracy if it scores the classes of the data, else by
 * its loss, and not at all without a test split that has what either needs; the report then says so.
 */
export function plannedTest(model: Model, data: Dataset, options: FitOptions): Test {
  const missing = missingForTest(data);
  if (missing) return async ({ report }) => untested(report, missing);
  const { labels, targets } = data.split('test');
  const comparesValues = options.loss === 'mse' || options.loss === 'huber';
  if (scoresClasses(model, data) && labels && options.target !== 'input' && !(comparesValues && targets))
    return ({ bytes, report }, signal) => testedAccuracy(bytes, data, { report, signal });
  return async (trained, signal) => testedLoss(trained, data, { ...options, signal });
}

/** What is missing of the test split to be compared with as the training split is; undefined if nothing is. */
export function missingForTest(data: Dataset): string | undefined {
  if (!data.splitNames.includes('test'))
    return `'${data.name}' has no split 'test'. Hold a part of train out, for example %data with --test 0.2`;
  const [train, test] = [data.split('train'), data.split('test')];
  const absent = (['labels', 'targets'] as const).find((name) => train[name] && !test[name]);
  return absent && `the test split of '${data.name}' has no ${absent}`;
}

function untested(report: TrainingReport, missing: string): TestResult {
  return {
    metrics: {},
    message: `not tested, ${report.lossMessage}`,
    report: report.withNote(`Not tested: ${missing}`),
  };
}

async function testedAccuracy(
  bytes: Uint8Array,
  data: Dataset,
  { report, signal }: { report: TrainingReport; signal: AbortSignal },
): Promise<TestResult> {
  const { accuracy, data: tested } = await evaluate(bytes, data, { signal });
  const message = `test accuracy ${(100 * accuracy).toFixed(2)} %`;
  return { metrics: { accuracy }, tested, message, report };
}

async function testedLoss(
  { model, report }: { model: Model; report: TrainingReport },
  data: Dataset,
  options: FitOptions,
): Promise<TestResult> {
  const { loss, name, tested } = await testLoss(model, data, options);
  return { metrics: { loss }, tested, message: `test loss ${loss.toFixed(4)} (${name})`, report };
}
