import type { Report } from '../report.ts';
import { alignOf, formatCell } from './cell.ts';

const gap = '  ';
const longestText = 40;

interface TextColumn {
  readonly align: 'left' | 'right';
  readonly width: number;
  /** Header, unit, then one text per row. */
  readonly cells: readonly string[];
}

/** Title, aligned table and warnings in lines of at most `width` characters where the columns allow it. */
export function reportText(report: Report, { width = 100 }: { readonly width?: number } = {}): string {
  const columns = report.columns.map((column): TextColumn => {
    const values = report.rows.map((row) => row[column.key]);
    const unit = column.unit ? `(${column.unit})` : '';
    const cells = [column.header, unit, ...values.map((value) => shorten(formatCell(value, column)))];
    return { align: alignOf(column, values), width: Math.max(...cells.map(length)), cells };
  });
  const blocks = intoBlocks(columns, width).map(blockText);
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
  const lines = columns[0]!.cells.map((_, row) =>
    columns
      .map((column) => pad(column.cells[row]!, column))
      .join(gap)
      .trimEnd(),
  );
  const rule = columns.map((column) => '─'.repeat(column.width)).join(gap);
  return [lines[0], ...(lines[1] ? [lines[1]] : []), rule, ...lines.slice(2)].join('\n');
}

function pad(text: string, { align, width }: TextColumn): string {
  const space = ' '.repeat(width - length(text));
  return align === 'right' ? space + text : text + space;
}

const length = (text: string): number => [...text].length;

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return length(line) <= longestText ? line : `${[...line].slice(0, longestText - 1).join('')}…`;
}
