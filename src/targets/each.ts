import type { Int8Rule } from './target.ts';

/** The same rule for several operators. */
export const each = (names: readonly string[], rule: Int8Rule): Record<string, Int8Rule> =>
  Object.fromEntries(names.map((name) => [name, rule]));
