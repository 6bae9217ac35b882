import { allNodes, type Model } from '../ir/index.ts';
import { type Column, Report, type Row } from '../report.ts';

/** Number of nodes by operator, subgraphs too. */
export function operators(model: Model): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { domain, opType } of allNodes(model.graph)) {
    const name = domain && domain !== 'ai.onnx' ? `${domain}.${opType}` : opType;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How many nodes of each operator several models have; the first line sums them up. */
export function compareOperators(
  models: readonly { readonly name: string; readonly model: Model }[],
): Report {
  const counts = models.map(({ model }) => operators(model));
  const names = [...new Set(counts.flatMap((count) => [...count.keys()]))].toSorted();
  const row = (operator: string, numbers: readonly number[]): Row => ({
    operator,
    ...Object.fromEntries(numbers.map((number, i) => [`model${i}`, number])),
  });
  const totals = counts.map((count) => [...count.values()].reduce((a, b) => a + b, 0));
  return new Report({
    title: 'Nodes by operator',
    columns: [
      { key: 'operator', header: 'operator' },
      ...models.map(({ name }, i): Column => ({ key: `model${i}`, header: name })),
    ],
    rows: [
      row('all', totals),
      ...names.map((name) =>
        row(
          name,
          counts.map((count) => count.get(name) ?? 0),
        ),
      ),
    ],
  });
}
