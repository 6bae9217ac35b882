import { ModelError } from '../errors.ts';
import type { Target, Violation } from '../targets/index.ts';

/** Throws ModelError for a file that the target would refuse: names what is refused, and the remedies. */
export function checkAccepted(violations: readonly Violation[], { title }: Target): void {
  const refused = violations.filter(({ severity }) => severity === 'refused');
  if (refused.length === 0) return;
  const all = refused.map(({ where, what, remedy }) => `${where}: ${what}. ${remedy}`);
  throw new ModelError(`${title} would refuse the quantized model. ${all.slice(0, 5).join('; ')}`);
}
