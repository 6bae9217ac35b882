import { reportHtml } from '../../src/report/html.ts';
import { type MimeBundle, Report } from '../../src/report.ts';
import { inspectValue } from './inspect-value.ts';
import { shortNumber } from './statistics.ts';

const rowsInText = 20;
const rowsInHtml = 500;
/** More rows than this scroll in a box. */
const rowsInView = 25;
const longestCell = 100;

export interface Table {
  /** What one row is: `row`, `entry`. */
  readonly unit: string;
  readonly count: number;
  /** The records, of which only the first may be asked for. */
  readonly records: Iterable<Readonly<Record<string, unknown>>>;
}

/** Records as a table, in HTML and in text; long ones are cut, and their title says so. */
export function showTable(table: Table): MimeBundle {
  const records = take(table.records, rowsInHtml);
  const fields = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const columns = fields.map((key) => ({ key, header: key, align: alignOf(records, key) }));
  const rows = records.map((record) => Object.fromEntries(fields.map((key) => [key, cellText(record, key)])));
  const report = (shown: number) =>
    new Report({ title: titleOf(table, shown), columns, rows: rows.slice(0, shown) });
  const html = reportHtml(report(rowsInHtml));
  return {
    'text/plain': report(rowsInText).toText(),
    'text/html': rows.length > rowsInView ? `<div style="max-height:32em;overflow:auto">${html}</div>` : html,
  };
}

function take<T>(items: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === count) break;
    taken.push(item);
  }
  return taken;
}

function titleOf({ unit, count }: Table, shown: number): string {
  const plural = unit.endsWith('y') ? `${unit.slice(0, -1)}ies` : `${unit}s`;
  const all = `${count.toLocaleString('en-US')} ${count === 1 ? unit : plural}`;
  return count > shown ? `${all}, the first ${shown} shown` : all;
}

function alignOf(records: readonly object[], key: string): 'left' | 'right' {
  const values = records
    .map((record) => fieldOf(record, key))
    .filter((value) => value !== undefined && value !== null);
  return values.every((value) => typeof value === 'number' || typeof value === 'bigint') ? 'right' : 'left';
}

function fieldOf(record: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(record, key)?.value;
}

function cellText(record: object, key: string): string | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(record, key);
  if (!descriptor) return undefined;
  if (descriptor.get) return '[Getter]';
  const { value } = descriptor;
  if (value === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'bigint') return shortNumber(value);
  const text = typeof value === 'string' ? value : inspectValue(value, { depth: 0, breakLength: Infinity });
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
}
