import { reportHtml } from '../../src/report/html.ts';
import { type MimeBundle, Report } from '../../src/report.ts';
import { escapeHtml } from '../html/escape.ts';
import { firstElements, shortNumber, statistics } from './statistics.ts';

export interface NumberSummary {
  readonly title: string;
  /** Shown before the figures: dtype, length or shape. */
  readonly facts: Readonly<Record<string, string>>;
  readonly values: ArrayLike<number | bigint> & Iterable<number | bigint>;
}

/** A table with one row (facts, minimum, mean, maximum), and the first elements. */
export function summarize({ title, facts, values }: NumberSummary): MimeBundle {
  const { min, mean, max, deviation, notFinite } = statistics(values);
  const figures = Object.entries({ min, mean, max, 'std. dev.': deviation }).map(([name, value]) => [
    name,
    shortNumber(value),
  ]);
  const row = {
    ...facts,
    ...Object.fromEntries(figures),
    ...(notFinite > 0 && { 'not finite': String(notFinite) }),
  };
  const columns = Object.keys(row).map((key) => ({ key, header: key, align: 'right' as const }));
  const report = new Report({ title, columns, rows: [row] });
  const first = firstElements(values);
  return {
    'text/plain': `${report.toText()}\n${first}`,
    'text/html': `${reportHtml(report)}\n<p style="margin:0.5em 0"><code>${escapeHtml(first)}</code></p>`,
  };
}
