import { ModelError } from '../errors.ts';
import { checkFunctions, checkOpsets } from './check-functions.ts';
import { checkGraph } from './check-graph.ts';
import type { Model } from './model.ts';

/** How many problems one error lists. */
const shown = 10;

/**
 * Checks what must hold for every model: each value is defined once and before it is used, knows its producer
 * and its uses, graph outputs are made, initializers have the type their value says, operator sets are
 * imported, functions exist and do not call themselves. Throws one ModelError that lists the first problems.
 */
export function check(model: Model): void {
  const problems: string[] = [];
  const add = (problem: string) => problems.push(problem);
  checkGraph(model.graph, add);
  for (const local of model.functions) checkGraph(local.graph, add, local);
  checkOpsets(model, add);
  checkFunctions(model, add);
  if (!problems.length) return;
  const more = problems.length > shown ? [`and ${problems.length - shown} more`] : [];
  throw new ModelError(
    `The model breaks ${problems.length === 1 ? 'a rule' : `${problems.length} rules`}:\n` +
      [...problems.slice(0, shown), ...more].map((line) => `- ${line}`).join('\n'),
  );
}
