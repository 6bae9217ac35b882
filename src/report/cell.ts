import type { Cell, Column } from '../report.ts';

const significantDigits = 4;

/** A cell as the reader sees it: scaled, rounded, signed as its column says. */
export function formatCell(value: Cell, column: Column): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  return formatNumber(value * (column.scale ?? 1), column).replace('-', '−');
}

/** `decimals` digits after the point, or four significant ones; thousands are grouped. */
export function formatNumber(
  value: number,
  { decimals, signed }: { readonly decimals?: number; readonly signed?: boolean } = {},
): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (decimals === undefined && size > 0 && (size < 1e-4 || size >= 1e15)) return value.toPrecision(3);
  const digits =
    decimals === undefined
      ? { maximumSignificantDigits: Math.max(significantDigits, Math.ceil(Math.log10(size + 1))) }
      : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return value.toLocaleString('en-US', { ...digits, signDisplay: signed ? 'exceptZero' : 'negative' });
}

/** Right for a column whose values are all numbers, unless the column says otherwise. */
export function alignOf(column: Column, values: readonly Cell[]): 'left' | 'right' {
  const present = values.filter((value) => value !== null && value !== undefined);
  const numeric = present.length > 0 && present.every((value) => typeof value === 'number');
  return column.align ?? (numeric ? 'right' : 'left');
}
