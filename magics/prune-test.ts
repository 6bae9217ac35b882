import { evaluate, PairedAccuracy } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { Report, type WorkOptions } from '../src/report.ts';
import { type FitOptions, testLoss } from '../src/train/index.ts';
import { scoresClasses } from './scores-classes.ts';
import { missingForTest } from './train-test.ts';

/** What the test split tells of a model before and after, or why it tells nothing. */
export interface Compared {
  readonly metrics: Readonly<Record<string, number>>;
  readonly tested?: string;
  readonly part?: Report;
  readonly note?: string;
  /** `accuracy 98.61 to 98.40 %`. */
  readonly message: string;
}

export interface CompareOptions extends WorkOptions {
  /** Samples to test with; undefined for all, 0 for none. */
  readonly limit?: number | undefined;
  readonly training: Pick<FitOptions, 'loss' | 'target'>;
}

/** Accuracies with intervals where a model scores the classes of the data, else losses; nothing after an interruption. */
export async function comparedOnTest(
  models: { readonly before: Model; readonly after: Model },
  data: Dataset,
  options: CompareOptions,
): Promise<Compared> {
  const { limit, signal } = options;
  if (signal?.aborted) return untested('interrupted');
  if (limit === 0) return untested('--test 0 says so');
  const missing = missingForTest(data);
  if (missing) return untested(missing);
  const isClassifier = scoresClasses(models.before, data) && data.split('test').labels !== undefined;
  return isClassifier ? comparedAccuracy(models, data, options) : comparedLoss(models, data, options);
}

const untested = (reason: string): Compared => ({
  ...{ metrics: {}, message: 'not tested', note: `Not tested: ${reason}` },
});

type Models = Parameters<typeof comparedOnTest>[0];

async function comparedAccuracy(models: Models, data: Dataset, options: CompareOptions): Promise<Compared> {
  const { training: _, limit, ...work } = options;
  const own = { ...work, ...(limit !== undefined && { limit }) };
  const before = await evaluate(writeModel(models.before), data, own);
  const after = await evaluate(writeModel(models.after), data, own);
  const percent = ({ accuracy }: { accuracy: number }) => (100 * accuracy).toFixed(2);
  return {
    metrics: { accuracy: after.accuracy },
    tested: after.data,
    part: new PairedAccuracy(before, after, data.labels('test').subarray(0, before.count)),
    message: `accuracy ${percent(before)} to ${percent(after)} %`,
  };
}

async function comparedLoss(models: Models, data: Dataset, options: CompareOptions): Promise<Compared> {
  const { training, signal } = options;
  const own = { ...training, ...(signal && { signal }) };
  const before = await testLoss(models.before, data, own);
  const after = await testLoss(models.after, data, own);
  return {
    metrics: { loss: after.loss },
    tested: after.tested,
    part: new Report({
      title: `Loss (${after.name}) on ${after.tested}`,
      columns: [
        { key: 'what', header: '' },
        { key: 'loss', header: 'loss', significant: 4 },
      ],
      rows: [
        { what: 'before', loss: before.loss },
        { what: 'after', loss: after.loss },
      ],
    }),
    message: `test loss ${before.loss.toPrecision(4)} to ${after.loss.toPrecision(4)} (${after.name})`,
  };
}
