import type { Cell, Column, Report } from '../report.ts';
import { alignOf, barPart, formatCell } from './cell.ts';
import { terminal } from './terminal.ts';

const gap = '  ';
const longestText = 40;

interface TextColumn {
  readonly align: 'left' | 'right';
  readonly width: number;
  /** Header, unit, then one cell per row; a cell is one or more lines. */
  readonly cells: readonly (readonly string[])[];
}

/** Title, aligned table and warnings in lines of at most `width` characters where the columns allow it. */
export function reportText(
  report: Report,
  { width = terminal()?.columns ?? 100 }: { readonly width?: number } = {},
): string {
  const columns = report.columns.map((column): TextColumn => {
    const values = report.rows.map((row) => row[column.key]);
    const unit = column.unit ? `(${column.unit})` : '';
    const plain = values.map((value) => formatCell(value, column).replaceAll(/\s+/g, ' '));
    const texts = column.bar === undefined ? plain : withBars(plain, values, column);
    const fold = (text: string): string[] => (column.wrap ? wrap(text, column.wrap) : [shorten(text)]);
    const cells = [[column.header], [unit], ...texts.map(fold)];
    return { align: alignOf(column, values), width: Math.max(...cells.flat().map(length)), cells };
  });
  const blocks = intoBlocks(columns, width).map(blockText);
  const table = report.rows.length > 0 ? blocks.join('\n\n') : '(no rows)';
  return [report.title, table, ...report.warnings.map((warning) => `Warning: ${warning}`)].join('\n');
}

const barWidth = 6;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/** Each number after a bar in eighths of a character. */
function withBars(texts: readonly string[], values: readonly Cell[], column: Column): string[] {
  const longest = Math.max(...texts.map(length));
  return texts.map((text, i) => {
    const part = barPart(values[i], column);
    if (part === undefined) return text;
    const filled = Math.round(part * barWidth * 8);
    const bar = `${'█'.repeat(Math.floor(filled / 8))}${eighths[filled % 8]}`;
    return `${bar.padEnd(barWidth)} ${text.padStart(longest)}`;
  });
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

const length = (text: string): number => [...text].length;

const shorten = (text: string): string =>
  length(text) <= longestText ? text : `${[...text].slice(0, longestText - 1).join('')}…`;

/** Lines of at most `width` characters, broken between words; a longer word has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (length(line) + 1 + length(word) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
