import { describe } from 'vitest';
import type { Requirement } from './requirement.ts';

/** `describe`, which skips and says why, in its title and on stderr, if a requirement is missing. */
export function describeWith(title: string, requirements: readonly Requirement[], body: () => void): void {
  const reasons = requirements.flatMap(({ missing }) => missing ?? []);
  if (reasons.length === 0) return void describe(title, body);
  const why = `${title} (skipped: ${reasons.join('; ')})`;
  console.warn(why);
  describe.skip(why, body);
}
