import { Report } from '../report.ts';

/** How one class fared. */
export interface ClassResult {
  readonly name: string;
  readonly count: number;
  /** Share of the samples of this class that were found; null without samples. */
  readonly recall: number | null;
  /** Share of the predictions of this class that were right; null without predictions. */
  readonly precision: number | null;
}

/** What a classifier got right and wrong on a split. */
export class Evaluation extends Report {
  readonly split: string;
  /** Data set, split and number of samples, for example `mnist test 10000`: accuracies of equal ones may be compared. */
  readonly data: string;
  readonly count: number;
  /** 0..1. */
  readonly accuracy: number;
  /** Mean cross-entropy, natural logarithm. */
  readonly loss: number;
  readonly perClass: readonly ClassResult[];
  /** `confusion[truth][predicted]`: number of samples. */
  readonly confusion: readonly (readonly number[])[];
  /** The class with the highest score, the first of equals, for each sample. */
  readonly predictions: Int32Array;

  /** `scores` are float32 [labels, classes]. */
  constructor(init: {
    /** Name of the data set. */
    readonly dataset: string;
    readonly split: string;
    readonly classNames: readonly string[];
    readonly labels: ArrayLike<number>;
    readonly scores: Float32Array;
    readonly loss: number;
  }) {
    const { dataset, split, classNames, labels, scores, loss } = init;
    const predictions = argmaxRows(scores, classNames.length);
    const confusion = confusionOf(labels, predictions, classNames.length);
    const perClass = classNames.map((name, i) => classResult(name, i, confusion));
    const accuracy = confusion.reduce((sum, row, i) => sum + row[i]!, 0) / labels.length;
    super({
      title: `${(100 * accuracy).toFixed(2)} % of ${labels.length} ${split} samples right, cross-entropy ${loss.toPrecision(4)}`,
      columns: [
        { key: 'name', header: 'class' },
        { key: 'count', header: 'samples' },
        { key: 'recall', header: 'recall', unit: '%', scale: 100, decimals: 1 },
        { key: 'precision', header: 'precision', unit: '%', scale: 100, decimals: 1 },
      ],
      rows: perClass.map(({ name, count, recall, precision }) => ({ name, count, recall, precision })),
    });
    this.split = split;
    this.data = `${dataset} ${split} ${labels.length}`;
    this.count = labels.length;
    this.loss = loss;
    this.predictions = predictions;
    this.confusion = confusion;
    this.accuracy = accuracy;
    this.perClass = perClass;
  }
}

function argmaxRows(scores: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: scores.length / classes }, (_, row) => {
    let best = 0;
    for (let i = 1; i < classes; i++)
      if (scores[row * classes + i]! > scores[row * classes + best]!) best = i;
    return best;
  });
}

function confusionOf(labels: ArrayLike<number>, predictions: Int32Array, classes: number): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predictions.forEach((predicted, i) => {
    confusion[labels[i]!]![predicted]!++;
  });
  return confusion;
}

function classResult(name: string, index: number, confusion: Evaluation['confusion']): ClassResult {
  const count = confusion[index]!.reduce((a, b) => a + b, 0);
  const predicted = confusion.reduce((sum, row) => sum + row[index]!, 0);
  const right = confusion[index]![index]!;
  return {
    name,
    count,
    recall: count ? right / count : null,
    precision: predicted ? right / predicted : null,
  };
}
