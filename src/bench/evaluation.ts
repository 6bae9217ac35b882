import { type Displayable, displaySymbol, type MimeBundle } from '../report.ts';
import { type Table, tableHtml, tableText } from '../table.ts';

/** How one class fared. */
export interface ClassResult {
  readonly name: string;
  readonly count: number;
  /** Share of the samples of this class that were found. NaN without samples. */
  readonly recall: number;
  /** Share of the predictions of this class that were right. NaN without predictions. */
  readonly precision: number;
}

/** What a classifier got right and wrong on a split. */
export class Evaluation implements Displayable {
  readonly split: string;
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
    readonly split: string;
    readonly classNames: readonly string[];
    readonly labels: ArrayLike<number>;
    readonly scores: Float32Array;
    readonly loss: number;
  }) {
    const { split, classNames, labels, scores, loss } = init;
    this.split = split;
    this.count = labels.length;
    this.loss = loss;
    this.predictions = argmaxRows(scores, classNames.length);
    this.confusion = confusionOf(labels, this.predictions, classNames.length);
    this.accuracy = this.confusion.reduce((sum, row, i) => sum + row[i]!, 0) / this.count;
    this.perClass = classNames.map((name, i) => classResult(name, i, this.confusion));
  }

  [displaySymbol](): MimeBundle {
    const percent = (100 * this.accuracy).toFixed(2);
    const heading = `${percent} % of ${this.count} ${this.split} samples right, cross-entropy ${this.loss.toPrecision(4)}`;
    const table = this.#table();
    return {
      'text/plain': `${heading}\n\n${tableText(table)}`,
      'text/html': `<p>${heading}</p>${tableHtml(table)}`,
    };
  }

  #table(): Table {
    const percent = (share: number) => (Number.isNaN(share) ? '-' : (100 * share).toFixed(1));
    return {
      columns: ['class', 'samples', 'found %', 'right %'],
      rows: this.perClass.map((c) => [c.name, c.count, percent(c.recall), percent(c.precision)]),
    };
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
  return { name, count, recall: right / count, precision: right / predicted };
}
