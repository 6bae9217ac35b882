import { type Evaluation, evaluate, PairedAccuracy, wilson } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Model } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { modelCost } from '../src/ops/index.ts';
import { Report } from '../src/report.ts';
import { scoresClasses } from './scores-classes.ts';

/** Models by what they are: `teacher`, `student`, and `labels alone` for the same student without a teacher. */
export type Distilled = Readonly<Record<string, Model>>;

/** Accuracies on the test split by model; undefined where it has no labels or a model does not score its classes. */
export async function distilledAccuracies(
  models: Distilled,
  data: Dataset,
  signal: AbortSignal,
): Promise<Readonly<Record<string, Evaluation>> | undefined> {
  const isLabelled = data.splitNames.includes('test') && data.split('test').labels !== undefined;
  if (!isLabelled || !Object.values(models).every((model) => scoresClasses(model, data))) return undefined;
  const found: Record<string, Evaluation> = {};
  for (const [name, model] of Object.entries(models))
    found[name] = await evaluate(writeModel(model), data, { signal });
  return found;
}

/** Size, work and accuracy of each with intervals of 95 %, what the student keeps of the teacher, and how it was trained. */
export function distilledReport(
  models: Distilled,
  training: Report,
  { accuracies, data }: { accuracies: Readonly<Record<string, Evaluation>> | undefined; data: Dataset },
): Report {
  const teacher = accuracies?.teacher?.accuracy;
  const rows = Object.entries(models).map(([name, model]) => {
    const tested = accuracies?.[name];
    const { low, high } = tested ? wilson(tested.accuracy, tested.count) : {};
    const kept = tested && teacher ? tested.accuracy / teacher : undefined;
    return {
      ...{ name, accuracy: tested?.accuracy, low, high, kept },
      ...{ bytes: writeModel(model).length, macs: modelCost(model).macs },
    };
  });
  const percent = { unit: '%', scale: 100, decimals: 2 };
  return new Report({
    title: accuracies ? `Distilled, tested on ${accuracies.student!.data}` : 'Distilled, not tested',
    columns: [
      { key: 'name', header: '' },
      { key: 'accuracy', header: 'accuracy', ...percent },
      { key: 'low', header: 'from', ...percent },
      { key: 'high', header: 'to', ...percent },
      { key: 'kept', header: 'of the teacher', ...percent },
      { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
      { key: 'macs', header: 'MACs' },
    ],
    rows,
    charts: [...paired(accuracies, data), training],
    warnings: accuracies ? [] : ['Not tested: there are no labelled samples of these classes to test with'],
  });
}

/** What the teacher changed, on the same samples, where the student was trained without as well. */
function paired(accuracies: Readonly<Record<string, Evaluation>> | undefined, data: Dataset): Report[] {
  const { student, 'labels alone': alone } = accuracies ?? {};
  return student && alone ? [new PairedAccuracy(alone, student, data.labels('test'))] : [];
}
