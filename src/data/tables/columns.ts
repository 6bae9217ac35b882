import { UsageError } from '../../errors.ts';

export interface ColumnOptions {
  /** Column of the class: its name, or its position (-1 is the last). `false`: there is none. */
  readonly label?: string | number | false;
  /** Column of the number to predict: regression. */
  readonly target?: string | number;
  /** Columns that are left out: identifiers, texts. */
  readonly drop?: readonly string[];
}

/** What each column of a table is for, by its position. */
export interface ColumnRoles {
  readonly names: readonly string[];
  readonly features: readonly number[];
  readonly label: number | undefined;
  readonly target: number | undefined;
}

/** Names that a column of classes has by custom. */
const customary = ['label', 'labels', 'class', 'target', 'species', 'category', 'y'];

/**
 * Finds the class or target column: the one that is named, else the only one with a customary name. Throws UsageError,
 * with the columns there are, if that is none or several, or no column is left as a feature.
 */
export function columnRoles(file: string, names: readonly string[], options: ColumnOptions): ColumnRoles {
  const { label, target, drop = [] } = options;
  if (label !== undefined && label !== false && target !== undefined)
    throw new UsageError(`${file}: 'label' and 'target' must not both be given: classes or numbers`);
  const find = (what: string | number) => positionOf(file, names, what);
  const dropped = new Set(drop.map(find));
  const targetAt = target === undefined ? undefined : find(target);
  const labelAt =
    targetAt !== undefined || label === false
      ? undefined
      : label === undefined
        ? customaryLabel(file, names)
        : find(label);
  const features = [...names.keys()].filter((i) => i !== labelAt && i !== targetAt && !dropped.has(i));
  if (features.length > 0) return { names, features, label: labelAt, target: targetAt };
  throw new UsageError(`${file} must have a column of features beside the label, has: ${list(names)}`);
}

/** The column of a name, or at a position. Throws UsageError with the columns there are. */
export function positionOf(file: string, names: readonly string[], wanted: string | number): number {
  const named = names.indexOf(String(wanted));
  if (named >= 0) return named;
  const number = Number(wanted);
  const position = number < 0 ? names.length + number : number;
  if (Number.isInteger(position) && position >= 0 && position < names.length) return position;
  throw UsageError.unknown(`column of ${file}`, String(wanted), names);
}

function customaryLabel(file: string, names: readonly string[]): number {
  const found = [...names.keys()].filter((i) => customary.includes(names[i]!.toLowerCase()));
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    `${file}: say which column is the class (label), which the number to predict (target), or that there is none (label: false; %data --unlabelled). Columns: ${list(names)}`,
  );
}

const list = (names: readonly string[]): string =>
  names.length > 12
    ? `${names.slice(0, 6).join(', ')}, ... ${names.slice(-3).join(', ')} (${names.length})`
    : names.join(', ');
