import type { MimeBundle } from '../../src/report.ts';
import { showTable } from './table.ts';

/** A list of records as a table, a column for each field. */
export function render(records: readonly Record<string, unknown>[]): MimeBundle {
  return showTable({ unit: 'row', count: records.length, records });
}
