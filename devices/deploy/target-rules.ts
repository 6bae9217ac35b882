import { UsageError } from '../../src/errors.ts';
import type { Model } from '../../src/ir/index.ts';
import { checkTarget } from '../../src/targets/check-target.ts';
import type { Violation } from '../../src/targets/violation.ts';
import type { ServingTarget } from './serving-target.ts';

/** So many broken rules are told of in full. */
const told = 2;

/**
 * Holds a model against a target's rules before anything is sent: throws UsageError for what the target refuses, returns
 * what the reader must know of the others.
 */
export function targetNotes(
  { name, model }: { readonly name: string; readonly model: Model },
  { target, why }: ServingTarget,
): string[] {
  const broken = checkTarget(model, target);
  const refused = broken.filter(({ severity }) => severity === 'refused');
  if (refused.length > 0)
    throw new UsageError(
      `'${name}' does not keep the rules of ${target.name} (${why}): ${textOf(refused)}. %targets ${target.name} lists them`,
    );
  return (['inaccurate', 'slow'] as const).flatMap((severity) => {
    const some = broken.filter((violation) => violation.severity === severity);
    return some.length > 0 ? [`${some.length} × ${severity} on ${target.name}: ${textOf(some)}`] : [];
  });
}

function textOf(violations: readonly Violation[]): string {
  const texts = violations.slice(0, told).map(({ where, what, remedy }) => `${where}: ${what}; ${remedy}`);
  const more = violations.length - texts.length;
  return `${texts.join(' | ')}${more > 0 ? ` | and ${more} more` : ''}`;
}
