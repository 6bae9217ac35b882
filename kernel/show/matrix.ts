import { reportHtml } from '../../src/report/html.ts';
import { type MimeBundle, Report } from '../../src/report.ts';
import { shortNumber } from './statistics.ts';

const maxRows = 12;
const maxColumns = 12;

/** A matrix of at most 12 by 12 elements as a table; undefined for anything else. */
export function matrix(
  title: string,
  shape: readonly number[],
  values: ArrayLike<number | bigint>,
): MimeBundle | undefined {
  const [height, width] = shape;
  if (shape.length !== 2 || !height || !width || height > maxRows || width > maxColumns) return undefined;
  const columns = ['', ...Array.from({ length: width }, (_, x) => String(x))].map((header) => ({
    key: header,
    header,
    align: 'right' as const,
  }));
  const rows = Array.from({ length: height }, (_, y) => {
    const cells = Array.from({ length: width }, (_, x) => [String(x), shortNumber(values[y * width + x]!)]);
    return { '': String(y), ...Object.fromEntries(cells) };
  });
  const report = new Report({ title, columns, rows });
  return { 'text/plain': report.toText(), 'text/html': reportHtml(report) };
}
