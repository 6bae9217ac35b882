import type { Cell, Column, Report } from '../report.ts';
import { alignOf, barPart, formatCell } from './cell.ts';
import { shortNames } from './short-names.ts';

/** Between two columns. */
export const gap = '  ';

export interface TextColumn {
  readonly align: 'left' | 'right';
  readonly width: number;
  /** Header, unit, then one cell per row; a cell is one or more lines. */
  readonly cells: readonly (readonly string[])[];
}

/** Texts may be this long where the table fits all the same. */
const longestText = 40;
/** Narrower, names and sentences can't be read: rather let the table go on in another block. */
const shortestText = 20;

/**
 * The columns of a report for lines of `width` characters: names are cut and sentences wrapped closer where that makes the
 * table fit, the widest column first. Where nothing helps all keep the width that they would like.
 */
export function textColumns(report: Report, width: number): TextColumn[] {
  const plans = report.columns.map((column) => planOf(report, column));
  const limits = plans.map(({ limit }) => limit);
  for (;;) {
    const columns = plans.map((plan, i) => columnOf(plan, limits[i]!));
    const excess = tableWidth(columns) - width;
    if (excess <= 0) return columns;
    const [widest] = columns
      .keys()
      .filter((i) => plans[i]!.isText && limits[i]! > shortestText)
      .toArray()
      .sort((a, b) => columns[b]!.width - columns[a]!.width);
    if (widest === undefined) return plans.map((plan) => columnOf(plan, plan.limit));
    limits[widest] = Math.max(
      shortestText,
      Math.min(limits[widest]! - 1, columns[widest]!.width - Math.min(excess, 4)),
    );
  }
}

const tableWidth = (columns: readonly TextColumn[]): number =>
  columns.reduce((sum, { width }) => sum + width, gap.length * Math.max(0, columns.length - 1));

interface Plan {
  readonly column: Column;
  readonly align: 'left' | 'right';
  readonly texts: readonly string[];
  /** Characters that a text may have in a line; numbers are never cut. */
  readonly limit: number;
  readonly isText: boolean;
}

function planOf(report: Report, column: Column): Plan {
  const values = report.rows.map((row) => row[column.key]);
  const plain = values.map((value) => formatCell(value, column).replaceAll(/\s+/g, ' '));
  const isText = column.bar === undefined && values.some((value) => typeof value === 'string');
  return {
    ...{ column, isText, align: alignOf(column, values) },
    texts: column.bar === undefined ? plain : withBars(plain, values, column),
    limit: column.wrap ?? longestText,
  };
}

function columnOf({ column, align, texts, isText }: Plan, limit: number): TextColumn {
  const lines = column.wrap ? texts.map((text) => wrap(text, limit)) : linesOf(texts, isText ? limit : 0);
  const cells = [[column.header], [column.unit ? `(${column.unit})` : ''], ...lines];
  return { align, width: Math.max(...cells.flat().map(length)), cells };
}

const linesOf = (texts: readonly string[], limit: number): string[][] =>
  (limit > 0 ? shortNames(texts, limit) : texts).map((text) => [text]);

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

export const length = (text: string): number => [...text].length;

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
