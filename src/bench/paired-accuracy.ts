import { UsageError } from '../errors.ts';
import { Report } from '../report.ts';
import { type Estimate, meanDifference, wilson } from './confidence.ts';
import type { Evaluation } from './evaluation.ts';

/** Accuracy of a model and of one made from it, on the same samples. */
export class PairedAccuracy extends Report {
  readonly before: Estimate;
  readonly after: Estimate;
  /** `after - before`, of the same samples. */
  readonly change: Estimate;

  /** Throws UsageError for evaluations of other samples. `labels` are those of both. */
  constructor(before: Evaluation, after: Evaluation, labels: ArrayLike<number>) {
    if (before.data !== after.data || labels.length !== before.count)
      throw new UsageError(
        `Two accuracies can be compared on the same samples only: they were measured on ${before.data} and ${after.data}`,
      );
    const right = ({ predictions }: Evaluation, i: number) => Number(predictions[i] === labels[i]);
    const change = meanDifference(Array.from(labels, (_, i) => right(after, i) - right(before, i)));
    const rows = [before, after].map(({ accuracy, count }) => wilson(accuracy, count));
    super({
      title: `Accuracy on ${before.data}, with intervals of 95 %`,
      columns: [
        { key: 'what', header: '' },
        { key: 'value', header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
        { key: 'low', header: 'from', unit: '%', scale: 100, decimals: 2 },
        { key: 'high', header: 'to', unit: '%', scale: 100, decimals: 2 },
      ],
      rows: [
        { what: 'before', ...rows[0]! },
        { what: 'after', ...rows[1]! },
        { what: 'change', ...change },
      ],
      warnings:
        change.high < 0
          ? [`The loss of ${(-100 * change.value).toFixed(2)} points is no accident of these samples`]
          : [],
    });
    this.before = rows[0]!;
    this.after = rows[1]!;
    this.change = change;
  }
}
