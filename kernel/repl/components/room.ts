import type { Paint } from '../theme.ts';

/** What every part of the screen is drawn with. */
export interface Room {
  readonly columns: number;
  /** Most rows that it may take. */
  readonly rows: number;
  readonly paint: Paint;
}
