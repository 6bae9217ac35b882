import type { Cell, Column } from '../report.ts';

const defaultDigits = 4;

/** A cell as the reader sees it: scaled, rounded, signed as its column says. */
export function formatCell(value: Cell, column: Column): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  return formatNumber(value * (column.scale ?? 1), column);
}

/** Rounds as `decimals` or `significant` say, else to at most four significant digits; thousands are grouped. */
export function formatNumber(
  value: number,
  options: Pick<Column, 'decimals' | 'significant' | 'signed'> = {},
): string {
  const { decimals, significant, signed } = options;
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (decimals === undefined && size > 0 && (size < 1e-4 || size >= 1e15))
    return value.toPrecision(3).replaceAll('-', '−');
  const digits =
    decimals === undefined
      ? {
          minimumSignificantDigits: significant ?? 1,
          maximumSignificantDigits: Math.max(significant ?? defaultDigits, Math.ceil(Math.log10(size + 1))),
        }
      : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const text = value.toLocaleString('en-US', { ...digits, signDisplay: signed ? 'exceptZero' : 'negative' });
  return text.replace('-', '−');
}

/** The part of its column's bar that a number fills, 0 to 1; undefined for cells and columns without. */
export function barPart(value: Cell, { bar }: Column): number | undefined {
  if (!bar || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.min(1, Math.max(0, value / bar));
}

/** Right for a column whose values are all numbers, unless the column says otherwise. */
export function alignOf(column: Column, values: readonly Cell[]): 'left' | 'right' {
  const present = values.filter((value) => value !== null && value !== undefined);
  const numeric = present.length > 0 && present.every((value) => typeof value === 'number');
  return column.align ?? (numeric ? 'right' : 'left');
}
