import type { Column, Row } from '../../../src/report.ts';

/** A table to look at and choose from, below the prompt. */
export interface Panel {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Number of the row under the cursor. */
  readonly selected: number;
  /** Number of the column that sorts; undefined: as the rows came. */
  readonly sorted: number | undefined;
  readonly isDescending: boolean;
  /** Keys, the column `key` of each, of the rows that are marked. */
  readonly marked: ReadonlySet<string>;
  /** The field that names a row: what goes into the prompt. */
  readonly key: string;
  /** Shown instead of an empty table. */
  readonly empty: string;
  /** How often its rows are read again while it is open, in ms; absent: not at all. */
  readonly interval?: number;
}

/** The rows in the order in which they are shown. */
export function panelRows({ rows, columns, sorted, isDescending }: Panel): readonly Row[] {
  const key = sorted === undefined ? undefined : columns[sorted]?.key;
  if (key === undefined) return rows;
  const by = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[key], b[key]];
    if (left === right) return 0;
    if (left === undefined || left === null) return 1;
    if (right === undefined || right === null) return -1;
    return left < right ? -by : by;
  });
}

/** What a key makes of a panel: the next panel, names for the prompt, or undefined to close it. */
export function panelKey(panel: Panel, name: string): Panel | readonly string[] | undefined {
  const rows = panelRows(panel);
  const to = (row: number): Panel => ({
    ...panel,
    selected: Math.min(Math.max(0, row), Math.max(0, rows.length - 1)),
  });
  const moves: Readonly<Record<string, () => Panel | readonly string[] | undefined>> = {
    up: () => to(panel.selected - 1),
    down: () => to(panel.selected + 1),
    home: () => to(0),
    end: () => to(rows.length - 1),
    left: () => sortedBy(panel, -1),
    right: () => sortedBy(panel, 1),
    r: () => ({ ...panel, isDescending: !panel.isDescending }),
    ' ': () => marked(panel, rows),
    enter: () => chosen(panel, rows),
    escape: () => undefined,
    q: () => undefined,
  };
  return Object.hasOwn(moves, name) ? moves[name]!() : panel;
}

function sortedBy(panel: Panel, by: number): Panel {
  const count = panel.columns.length;
  const sorted = panel.sorted === undefined ? (by > 0 ? 0 : count - 1) : panel.sorted + by;
  return { ...panel, sorted: (sorted + count) % count, selected: 0 };
}

function marked(panel: Panel, rows: readonly Row[]): Panel {
  const row = rows[panel.selected];
  if (!row) return panel;
  const name = String(row[panel.key]);
  const names = new Set(panel.marked);
  if (!names.delete(name)) names.add(name);
  return { ...panel, marked: names };
}

/** The marked names as they are shown, else the one under the cursor. */
function chosen({ marked, selected, key }: Panel, rows: readonly Row[]): readonly string[] | undefined {
  const names = rows.map((row) => String(row[key]));
  const all = names.filter((name) => marked.has(name));
  if (all.length > 0) return all;
  return names[selected] === undefined ? undefined : [names[selected]];
}
