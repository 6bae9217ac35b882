import { Report } from '../../report.ts';
import type { LeftWeight } from '../masks/prunable.ts';

/** What reordered channels give one tensor of weights. */
export interface PermutedWeight {
  readonly [key: string]: string | number;
  readonly name: string;
  readonly op: string;
  readonly shape: string;
  /** Share of the sum of |w| that the pattern keeps in the old order, 0..1. */
  readonly before: number;
  /** The same in the new order. */
  readonly after: number;
  /** Why its channels did not change places; empty if they did. */
  readonly note: string;
}

/** What an n:m pattern keeps of each weight before and after channels changed places. */
export class PermutationReport extends Report<PermutedWeight> {
  constructor(
    rows: readonly PermutedWeight[],
    { pattern, left }: { readonly pattern: string; readonly left: readonly LeftWeight[] },
  ) {
    const moved = rows.filter(({ note }) => note === '').length;
    super({
      title: `Input channels of ${moved} of ${rows.length} weights reordered for ${pattern}`,
      columns: [
        { key: 'name', header: 'weights' },
        { key: 'op', header: 'operator' },
        { key: 'shape', header: 'shape' },
        { key: 'before', header: 'kept of sum |w|', unit: '%', scale: 100, decimals: 2 },
        { key: 'after', header: 'reordered', unit: '%', scale: 100, decimals: 2 },
        { key: 'note', header: 'as it was because', wrap: 50 },
      ],
      rows,
      warnings: left.map(({ name, reason }) => `'${name}' has no blocks: ${reason}`),
    });
  }
}
