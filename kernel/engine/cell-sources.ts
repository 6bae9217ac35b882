import type { CellSource } from './protocol.ts';

/** A cell as errors need it: to say where, and to show the lines around. */
export interface KnownCell extends CellSource {
  readonly sourceLine: (line: number, column: number) => number;
}

/** Cells older than this many are forgotten; errors in them still show their line number. */
const capacity = 1000;

const cells = new Map<string, KnownCell>();

/** The name under which V8 knows a cell's script. */
export function scriptName(cell: number, count: number | undefined): string {
  return count === undefined ? `silent-${cell}.ts` : `cell-${count}.ts`;
}

export function rememberCell(name: string, cell: KnownCell): void {
  cells.set(name, cell);
  const oldest = cells.keys().next().value;
  if (cells.size > capacity && oldest !== undefined) cells.delete(oldest);
}

/** The cells that counted, oldest first; of those that are remembered. */
export function countedCells(): { readonly count: number; readonly code: string }[] {
  return [...cells.values()].flatMap(({ count, code }) => (count === undefined ? [] : [{ count, code }]));
}

export function findCell(name: string): KnownCell | undefined {
  return cells.get(name);
}
