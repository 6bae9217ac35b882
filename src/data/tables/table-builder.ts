import { UsageError } from '../../errors.ts';
import { product } from '../../ir/index.ts';
import { Dataset } from '../dataset.ts';
import { normalizationOf } from '../normalization.ts';
import type { ColumnRoles } from './columns.ts';
import { GrowingFloats } from './growing.ts';

export interface TableOptions {
  /** Shape of a sample, of as many numbers as there are feature columns: [1, 28, 28] for pixels. Default [features]. */
  readonly shape?: readonly number[];
  /** Leaves out rows with a cell that is no number, instead of stopping at the first. */
  readonly skipBad?: boolean;
}

/** More different labels are numbers to predict, not classes. */
const mostClasses = 1000;

/** Takes a table row by row and makes a data set of it, with all samples in `train`. */
export class TableBuilder {
  readonly #file: string;
  readonly #roles: ColumnRoles;
  readonly #options: TableOptions;
  readonly #features = new GrowingFloats();
  readonly #targets = new GrowingFloats();
  /** Of each row, the number of its class in the order in which they were met. */
  readonly #labels = new GrowingFloats();
  readonly #classes = new Map<string, number>();
  readonly #bad: string[] = [];
  #rows = 0;

  constructor(file: string, roles: ColumnRoles, options: TableOptions) {
    this.#file = file;
    this.#roles = roles;
    this.#options = options;
  }

  /** `row` is its number in the file, from 1. Throws UsageError for a cell that is no number where one must be. */
  add(cells: readonly unknown[], row: number): void {
    const { features, label, target } = this.#roles;
    try {
      for (const at of features) this.#features.push(this.#number(cells, at, row));
      if (target !== undefined) this.#targets.push(this.#number(cells, target, row));
      if (label !== undefined) this.#labels.push(this.#class(cells, label, row));
      this.#rows++;
    } catch (error) {
      if (!this.#options.skipBad) throw error;
      this.#bad.push((error as Error).message);
      this.#features.cut(this.#rows * features.length);
      this.#targets.cut(target === undefined ? 0 : this.#rows);
    }
  }

  /** Throws UsageError if there are no rows, too many classes, or `shape` does not fit. */
  done(name: string): Dataset {
    const { names, features, label, target } = this.#roles;
    if (this.#rows === 0)
      throw new UsageError(`${this.#file} must have rows of samples, has none that can be used`);
    const sampleShape = this.#sampleShape();
    const { labels, classNames } = this.#numbered();
    return new Dataset({
      name,
      sampleShape,
      classNames,
      featureNames: features.map((at) => names[at]!),
      splits: {
        train: {
          images: this.#features.done(),
          ...(label !== undefined && { labels }),
          ...(target !== undefined && { targets: this.#targets.done() }),
        },
      },
      normalization: normalizationOf('float32', sampleShape, {}),
      warnings: badRows(this.#bad, this.#rows + this.#bad.length),
    });
  }

  #number(cells: readonly unknown[], at: number, row: number): number {
    const cell = cells[at];
    const number = toNumber(cell);
    if (number !== undefined) return number;
    const was = cell === undefined || cell === null || cell === '' ? 'is empty' : `has '${cell}'`;
    throw new UsageError(
      `${this.#file}, row ${row}: column '${this.#roles.names[at]}' must be a number, ${was}. Mend it, drop the column (--drop) or leave such rows out (--skip-bad)`,
    );
  }

  #class(cells: readonly unknown[], at: number, row: number): number {
    const text = String(cells[at] ?? '').trim();
    if (text === '')
      throw new UsageError(
        `${this.#file}, row ${row}: column '${this.#roles.names[at]}' must have a label, is empty`,
      );
    const known = this.#classes.get(text);
    if (known !== undefined) return known;
    if (this.#classes.size === mostClasses)
      throw new UsageError(
        `${this.#file}: column '${this.#roles.names[at]}' must be a class, has more than ${mostClasses} different values: for numbers to predict use 'target'`,
      );
    this.#classes.set(text, this.#classes.size);
    return this.#classes.size - 1;
  }

  #sampleShape(): readonly number[] {
    const { length } = this.#roles.features;
    const { shape = [length] } = this.#options;
    if (product(shape) === length) return shape;
    throw new UsageError(
      `${this.#file}: a sample of shape [${shape.join(', ')}] must have ${product(shape)} numbers, the table has ${length} feature columns`,
    );
  }

  /** Classes in order: by value if all are numbers, else by name. */
  #numbered(): { labels: Int32Array; classNames: string[] } {
    const met = [...this.#classes.keys()];
    const numeric = met.every((name) => toNumber(name) !== undefined);
    const classNames = numeric ? met.toSorted((a, b) => Number(a) - Number(b)) : met.toSorted();
    const order = met.map((name) => classNames.indexOf(name));
    return { labels: Int32Array.from(this.#labels.done(), (met) => order[met]!), classNames };
  }
}

/** A finite number of a cell; undefined for anything else. */
export function toNumber(cell: unknown): number | undefined {
  if (typeof cell === 'boolean') return Number(cell);
  if (
    typeof cell !== 'number' &&
    typeof cell !== 'bigint' &&
    (typeof cell !== 'string' || cell.trim() === '')
  )
    return undefined;
  const number = Number(cell);
  return Number.isFinite(number) ? number : undefined;
}

const badRows = (bad: readonly string[], rows: number): string[] =>
  bad.length === 0 ? [] : [`${bad.length} of ${rows} rows were left out, the first: ${bad[0]}`];
