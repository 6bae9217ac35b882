import { Report } from '../report.ts';
import type { NodeFate } from './node-fate.ts';

/** Nodes whose table reads at a glance; of more, one row stands for all with the same operator, fate and reason. */
const glance = 40;

const reasons = [
  { key: 'because', header: 'because', wrap: 50 },
  { key: 'remedy', header: 'remedy', wrap: 50 },
];

/** Every node with its fate. */
const nodeTable = (nodes: readonly NodeFate[]): Report =>
  new Report({
    title: `All ${nodes.length} nodes`,
    columns: [
      { key: 'node', header: 'node' },
      { key: 'op', header: 'operator' },
      { key: 'state', header: 'computes in' },
      ...reasons,
    ],
    rows: nodes.map(({ node, op, state, because, remedy }) => ({ node, op, state, because, remedy })),
  });

/** The nodes that share operator, fate and reason, float ones first: what there is to do stands on top. */
const groupTable = (nodes: readonly NodeFate[]): Report => {
  const key = ({ op, state, because, remedy }: NodeFate) => JSON.stringify([op, state, because, remedy]);
  const rank = { float: 0, int8: 1, folded: 2 };
  const groups = Array.from(Map.groupBy(nodes, key).values()).sort(
    (a, b) => rank[a[0]!.state] - rank[b[0]!.state] || b.length - a.length,
  );
  return new Report({
    title: '',
    columns: [
      { key: 'count', header: 'nodes' },
      { key: 'op', header: 'operator' },
      { key: 'state', header: 'computes in' },
      ...reasons,
    ],
    rows: groups.map((group) => {
      const { op, state, because, remedy } = group[0]!;
      return { count: group.length, op, state, because, remedy };
    }),
  });
};

/** The table that is shown first, and, if that sums up, all nodes for where people can scroll. */
export function explainTables(nodes: readonly NodeFate[]): { readonly shown: Report; readonly all?: Report } {
  const all = nodeTable(nodes);
  return nodes.length <= glance ? { shown: all } : { shown: groupTable(nodes), all };
}
