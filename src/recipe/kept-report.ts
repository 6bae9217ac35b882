import type { Json } from '../ledger/index.ts';
import { Figure, FigureGrid, type FigureInit } from '../plot/index.ts';
import { type Cell, type Column, type Displayable, Report } from '../report.ts';

interface KeptReport {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly warnings: readonly string[];
  readonly charts: readonly KeptChart[];
}

type KeptChart =
  | { readonly kind: 'figure'; readonly figure: FigureInit }
  | {
      readonly kind: 'grid';
      readonly title: string;
      readonly figures: readonly FigureInit[];
      readonly columns: number;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'report'; readonly report: KeptReport };

/** A report as JSON: its table, warnings and charts; charts of another kind than a figure, a grid or a report are left out. */
export const keepReport = (report: Report): Json => JSON.parse(JSON.stringify(kept(report))) as Json;

function kept({ title, columns, rows, warnings, charts }: Report): KeptReport {
  return { title, columns, rows, warnings, charts: charts.flatMap((chart) => keptChart(chart) ?? []) };
}

function keptChart(chart: Displayable): KeptChart | undefined {
  if (chart instanceof Figure) return { kind: 'figure', figure: keptFigure(chart) };
  if (chart instanceof Report) return { kind: 'report', report: kept(chart) };
  if (!(chart instanceof FigureGrid)) return undefined;
  const { title, columns, notes, figures } = chart;
  return { kind: 'grid', title, columns, notes, figures: figures.map(keptFigure) };
}

const keptFigure = ({ title, x, y, marks, notes }: Figure): FigureInit => ({ title, x, y, marks, notes });

/** The report that `keepReport` kept, with `warning` first. */
export function restoreReport(kept: Json, warning?: string): Report {
  const { charts, warnings, ...rest } = kept as unknown as KeptReport;
  return new Report({
    ...rest,
    warnings: warning === undefined ? warnings : [warning, ...warnings],
    charts: charts.map(restoreChart),
  });
}

function restoreChart(chart: KeptChart): Displayable {
  if (chart.kind === 'figure') return new Figure(chart.figure);
  if (chart.kind === 'report') return restoreReport(chart.report as unknown as Json);
  const { figures, ...grid } = chart;
  return new FigureGrid({ ...grid, figures: figures.map((figure) => new Figure(figure)) });
}
