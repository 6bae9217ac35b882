import type { Report } from '../report.ts';
import { terminal } from './terminal.ts';
import { gap, length, type TextColumn, textColumns } from './text-columns.ts';

/** Title, aligned table and warnings in lines of at most `width` characters where the columns allow it. */
export function reportText(
  report: Report,
  { width = terminal()?.columns ?? 100 }: { readonly width?: number } = {},
): string {
  const blocks = intoBlocks(textColumns(report, width), width).map(blockText);
  const table = report.rows.length > 0 ? blocks.join('\n\n') : '(no rows)';
  return [report.title, table, ...report.warnings.map((warning) => `Warning: ${warning}`)].join('\n');
}

/** Groups of columns that fit side by side; every group starts with the first column. */
function intoBlocks(columns: readonly TextColumn[], width: number): TextColumn[][] {
  const [first, ...rest] = columns;
  if (!first) return [];
  const blocks: TextColumn[][] = [[first]];
  let used = first.width;
  for (const column of rest) {
    const needs = gap.length + column.width;
    const block = blocks.at(-1)!;
    if (used + needs > width && block.length > 1) {
      blocks.push([first, column]);
      used = first.width + needs;
    } else {
      block.push(column);
      used += needs;
    }
  }
  return blocks;
}

function blockText(columns: readonly TextColumn[]): string {
  const rows = columns[0]!.cells.map((_, row) => rowLines(columns, row));
  const [header, unit, ...body] = rows;
  const rule = columns.map((column) => '─'.repeat(column.width)).join(gap);
  return [...header!, ...(unit!.join('') ? unit! : []), rule, ...body.flat()].join('\n');
}

/** The lines of one row, as many as its highest cell has. */
function rowLines(columns: readonly TextColumn[], row: number): string[] {
  const height = Math.max(...columns.map(({ cells }) => cells[row]!.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map((column) => pad(column.cells[row]![line] ?? '', column))
      .join(gap)
      .trimEnd(),
  );
}

function pad(text: string, { align, width }: TextColumn): string {
  const space = ' '.repeat(width - length(text));
  return align === 'right' ? space + text : text + space;
}
