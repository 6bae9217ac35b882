import { type Graph, type Node, usedValues, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';

/** Which nodes share a box, which are left out, and what the reader must know of it. */
export interface Collapsed {
  readonly groups: readonly (readonly Node[])[];
  readonly left: readonly Node[];
  readonly notes: readonly string[];
}

/** Nodes in at most `limit` boxes. */
export function collapse(nodes: readonly Node[], graph: Graph, limit: number): Collapsed {
  if (nodes.length <= limit) return { groups: nodes.map((node) => [node]), left: [], notes: [] };
  const inRuns = runs(nodes);
  const note = 'nodes in a row without a branch share a box';
  if (inRuns.length <= limit) return { groups: inRuns, left: [], notes: [note] };
  const inBlocks = merged(blocks(nodes, graph), limit);
  // Where one block has most of the nodes, as in a U-Net, its inside is what people want to see.
  if (inBlocks.every((block) => block.length <= Math.max(nodes.length / 4, 24)))
    return {
      groups: inBlocks,
      left: [],
      notes: ['blocks between values that everything passes through share a box'],
    };
  const left = inRuns.slice(limit).flat();
  const more = `the last ${left.length} nodes are left out: name values with --from and --to to see a part`;
  return { groups: inRuns.slice(0, limit), left, notes: [note, more] };
}

/** As many neighbours together as it takes to get at most `limit` groups. */
function merged(groups: readonly (readonly Node[])[], limit: number): Node[][] {
  const size = Math.ceil(groups.length / limit);
  return Array.from({ length: Math.ceil(groups.length / size) }, (_, i) =>
    groups.slice(i * size, (i + 1) * size).flat(),
  );
}

/** Nodes in groups: each a run in which one node alone reads what the one before alone makes. */
function runs(nodes: readonly Node[]): Node[][] {
  const shown = new Set(nodes);
  const groups = new Map<Node, Node[]>();
  for (const node of nodes) {
    const before = onlyProducer(node, shown);
    const run = before && readersOf(before, shown).size === 1 ? groups.get(before) : undefined;
    if (run) run.push(node);
    groups.set(node, run ?? [node]);
  }
  return [...new Set(groups.values())];
}

function onlyProducer(node: Node, shown: ReadonlySet<Node>): Node | undefined {
  const values = [...usedValues(node)].filter((value) => !constantOf(value));
  const producers = new Set(values.map(({ producer }) => producer));
  const [only] = producers;
  return producers.size === 1 && only && shown.has(only) ? only : undefined;
}

/** Nodes that read what a node makes, from inside a subgraph too. */
function readersOf(node: Node, shown: ReadonlySet<Node>): Set<Node> {
  return new Set(
    node.outputs.flatMap(({ uses }) => uses.map((use) => use.node)).filter((reader) => shown.has(reader)),
  );
}

/**
 * Nodes in groups: each from one value that everything passes through to the next such value, as a residual block is.
 * In the order of the graph, a value is one if no other that was made before it is still to be read.
 */
function blocks(nodes: readonly Node[], graph: Graph): Node[][] {
  const last = new Map<Value, number>();
  nodes.forEach((node, i) => {
    for (const value of usedValues(node)) if (!constantOf(value)) last.set(value, i);
  });
  for (const output of graph.outputs) if (!last.has(output)) last.set(output, nodes.length);
  const live = new Set<Value>();
  const groups: Node[][] = [[]];
  nodes.forEach((node, i) => {
    groups.at(-1)!.push(node);
    for (const value of usedValues(node)) if ((last.get(value) ?? -1) <= i) live.delete(value);
    for (const output of node.outputs) if ((last.get(output) ?? -1) > i) live.add(output);
    if (live.size <= 1 && i < nodes.length - 1) groups.push([]);
  });
  return groups;
}
