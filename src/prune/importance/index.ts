import { UsageError } from '../../errors.ts';
import { bn } from './bn.ts';
import { fisher } from './fisher.ts';
import type { Importance } from './importance.ts';
import { l1 } from './l1.ts';
import { l2 } from './l2.ts';
import { taylor } from './taylor.ts';

export type { Importance, ImportanceOptions, Scores } from './importance.ts';

/** Every importance that there is. */
export const importances: readonly Importance[] = [l1, l2, taylor, fisher, bn];

/** Throws UsageError for a name that none has. */
export function importanceOf(name: string): Importance {
  const found = importances.find((importance) => importance.name === name);
  if (found) return found;
  throw UsageError.unknown(
    'importance',
    name,
    importances.map((importance) => importance.name),
  );
}
