import { ModelError } from '../errors.ts';

/**
 * Throws one ModelError that lists every operator outside `known`, most frequent first, with its count.
 * `what` names the source: `The TFLite model`.
 */
export function requireKnown(what: string, operators: Iterable<string>, known: ReadonlySet<string>): void {
  const counts = new Map<string, number>();
  for (const operator of operators)
    if (!known.has(operator)) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  if (counts.size === 0) return;
  const list = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} (${count})`);
  throw new ModelError(
    `${what} has ${counts.size === 1 ? 'an operator' : `${counts.size} operators`} that Edgebook cannot convert: ${list.join(', ')}. ` +
      'In the tool that made the model, export it without (decoding of boxes at the end is often the cause), then load that',
  );
}
