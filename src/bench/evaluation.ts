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
  /** `confusion[truth][predicted]`: number of samples; those without a prediction are left out. */
  readonly confusion: readonly (readonly number[])[];
  /** The class with the highest score, the first of equals, for each sample; -1 if a score is NaN. */
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
    const perClass = classNames.map((name, i) => classResult(name, i, { labels, confusion }));
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
      warnings: unscored(predictions),
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
    const own = scores.subarray(row * classes, (row + 1) * classes);
    if (own.some(Number.isNaN)) return -1;
    let best = 0;
    for (let i = 1; i < classes; i++) if (own[i]! > own[best]!) best = i;
    return best;
  });
}

function unscored(predictions: Int32Array): string[] {
  const count = predictions.filter((predicted) => predicted < 0).length;
  if (count === 0) return [];
  return [
    `The model's scores of ${count} of ${predictions.length} samples are not numbers (NaN): they count as wrong`,
  ];
}

function confusionOf(labels: ArrayLike<number>, predictions: Int32Array, classes: number): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predictions.forEach((predicted, i) => {
    if (predicted >= 0) confusion[labels[i]!]![predicted]!++;
  });
  return confusion;
}

function classResult(
  name: string,
  index: number,
  { labels, confusion }: { labels: ArrayLike<number>; confusion: Evaluation['confusion'] },
): ClassResult {
  const count = Array.from(labels).filter((label) => label === index).length;
  const predicted = confusion.reduce((sum, row) => sum + row[index]!, 0);
  const right = confusion[index]![index]!;
  return {
    name,
    count,
    recall: count ? right / count : null,
    precision: predicted ? right / predicted : null,
  };
}
