import { PerCell } from './per-cell.ts';

/** The value of the last expression that a script of the cell has come to. */
export const lastValue = new PerCell<unknown>();
