import { moves } from './cost.ts';
import type { Op } from './op.ts';

/** Whether an optional value is there. */
export const optionalHasElement: Op = {
  type: 'OptionalHasElement',
  infer: () => [{ dtype: 'bool', shape: [] }],
  cost: moves,
};
