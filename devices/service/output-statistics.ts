import type { Tensor } from '../../src/ir/index.ts';
import { numbersOf } from './numbers.ts';

/** What is remembered of the numbers of one output. */
export interface OutputStatistics {
  /** Samples that were looked at. */
  readonly rows: number;
  readonly mean: number;
  /** Standard deviation over all numbers. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** How many numbers were NaN or infinite; they count nowhere else. */
  readonly nonFinite: number;
  /** How often each class had the highest score; of outputs [N, classes] only. */
  readonly classes?: readonly number[];
}

interface RowFigures {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly min: number;
  readonly max: number;
  readonly nonFinite: number;
  /** The class with the highest score, -1 without one. */
  readonly best: number;
}

/** Samples that are remembered: what came before the last ones says nothing about today. */
const windowRows = 4096;
/** Of a larger sample only so many numbers are looked at, evenly spread: statistics must not cost more than the model. */
const lookedAt = 1 << 16;
/** More columns than this are no classes. */
const mostClasses = 4096;

/** The last samples of one output. */
export class OutputWindow {
  readonly #rows: RowFigures[] = [];
  #next = 0;
  #classes = 0;

  /** Takes the samples of one run, along the first dimension; the first `count` of them where the rest is padding. */
  add(tensor: Tensor, count = Infinity): void {
    const { shape } = tensor;
    const data = numbersOf(tensor) as Float32Array;
    const rows = shape.length > 0 ? shape[0]! : 1;
    const size = rows > 0 ? data.length / rows : 0;
    const isScores = shape.length === 2 && size >= 2 && size <= mostClasses;
    this.#classes = isScores ? size : 0;
    for (let row = 0; row < Math.min(rows, count); row++) {
      const numbers = data.subarray(row * size, (row + 1) * size);
      this.#rows[this.#next] = figuresOf(numbers, isScores);
      this.#next = (this.#next + 1) % windowRows;
    }
  }

  /** Undefined before the first sample. */
  statistics(): OutputStatistics | undefined {
    const rows = this.#rows;
    if (rows.length === 0) return undefined;
    const total = (of: (row: RowFigures) => number) => rows.reduce((sum, row) => sum + of(row), 0);
    const count = total((row) => row.count);
    const mean = count > 0 ? total((row) => row.sum) / count : 0;
    const variance = count > 0 ? total((row) => row.squares) / count - mean * mean : 0;
    return {
      ...{ rows: rows.length, mean, std: Math.sqrt(Math.max(0, variance)) },
      min: rows.reduce((least, row) => Math.min(least, row.min), Infinity),
      max: rows.reduce((most, row) => Math.max(most, row.max), -Infinity),
      nonFinite: total((row) => row.nonFinite),
      ...(this.#classes > 0 && { classes: countsOf(rows, this.#classes) }),
    };
  }
}

function figuresOf(numbers: ArrayLike<number | bigint>, isScores: boolean): RowFigures {
  const step = Math.max(1, Math.ceil(numbers.length / lookedAt));
  let [count, sum, squares, nonFinite, best] = [0, 0, 0, 0, -1];
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < numbers.length; i += step) {
    const number = Number(numbers[i]);
    if (!Number.isFinite(number)) {
      nonFinite++;
      continue;
    }
    count++;
    sum += number;
    squares += number * number;
    if (number < min) min = number;
    if (number > max) {
      max = number;
      best = i;
    }
  }
  return { count, sum, squares, min, max, nonFinite, best: isScores ? best : -1 };
}

function countsOf(rows: readonly RowFigures[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { best } of rows) if (best >= 0 && best < classes) counts[best]!++;
  return counts;
}
