import type { Model, Value } from '../ir/index.ts';

/** A copy of the model that also gives the values called `names`; graph inputs and outputs are left as they are. */
export function exposeValues(model: Model, names: Iterable<string>): Model {
  const copy = model.clone();
  const { graph } = copy;
  const byName = new Map<string, Value>([...graph.values()].map((value) => [value.name, value]));
  for (const name of names) {
    const value = byName.get(name);
    if (value?.producer && !graph.outputs.includes(value)) graph.outputs.push(value);
  }
  return copy;
}
