import { formatCell } from '../report/cell.ts';
import type { Quantity } from './quantity.ts';

/** A value with its unit: `45.2 kB`. */
export function shown(value: number | undefined, { column }: Pick<Quantity, 'column'>): string {
  if (value === undefined || Number.isNaN(value)) return 'not measured';
  return `${formatCell(value, { key: '', ...column })} ${column.unit ?? ''}`.trim();
}
