import { Text } from 'ink';
import type { ReactNode } from 'react';
import stringWidth from 'string-width';
import { alignOf, formatCell } from '../../../src/report/cell.ts';
import type { Column, Row } from '../../../src/report.ts';
import { fitted } from '../fitted.ts';
import { type Panel, panelRows } from '../panels/panel.ts';
import type { Room } from './room.ts';

type PanelProps = Room & { readonly panel: Panel };

/** A table to choose from: the row under the cursor inverted, marked rows with a star. */
export function PanelTable(props: PanelProps): ReactNode {
  return <Text wrap="truncate">{panelLines(props).join('\n')}</Text>;
}

/** Title, header, rows and keys, within the room. */
export function panelLines({ panel, columns, rows, paint }: PanelProps): string[] {
  const all = panelRows(panel);
  const keys = '↑↓ choose · ←→ sort · r turn round · space mark · Enter take · Esc close';
  const title = paint('strong', `${panel.name} (${all.length})`);
  if (all.length === 0) return [title, panel.empty];
  const shown = Math.max(1, Math.min(all.length, rows - 3));
  const first = Math.min(Math.max(0, panel.selected - Math.floor(shown / 2)), all.length - shown);
  const widths = panel.columns.map((column) => widthOf(column, all));
  const line = (cells: readonly string[]): string => fitted(cells.join('  '), columns - 3).trimEnd();
  const aligns = panel.columns.map((column) =>
    alignOf(
      column,
      all.map((row) => row[column.key]),
    ),
  );
  const header = panel.columns.map((_, i) => fitted(headerOf(panel, i), widths[i]!, aligns[i]));
  const body = all.slice(first, first + shown).map((row, i) => {
    const isChosen = first + i === panel.selected;
    const mark = panel.marked.has(String(row[panel.key])) ? '*' : ' ';
    const cells = panel.columns.map((column, j) =>
      fitted(formatCell(row[column.key], column), widths[j]!, aligns[j]),
    );
    return `${mark}${isChosen ? paint('selected', `>${line(cells)} `) : ` ${line(cells)}`}`;
  });
  return [
    title,
    `  ${paint('quiet', line(header))}`,
    ...body,
    paint('quiet', fitted(keys, columns - 1).trimEnd()),
  ];
}

/** Name, unit and direction of the sort. */
function headerOf({ columns, sorted, isDescending }: Panel, i: number): string {
  const { header, unit } = columns[i]!;
  return `${header}${unit ? ` (${unit})` : ''}${sorted === i ? (isDescending ? ' ↓' : ' ↑') : ''}`;
}

function widthOf(column: Column, rows: readonly Row[]): number {
  const title = column.header.length + (column.unit ? column.unit.length + 3 : 0) + 2;
  return Math.max(title, ...rows.map((row) => stringWidth(formatCell(row[column.key], column))));
}
