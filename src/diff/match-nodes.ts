import type { Graph, Node } from '../ir/index.ts';

/** The same place in two graphs. */
export interface NodePair {
  readonly before: Node;
  readonly after: Node;
}

export interface MatchedNodes {
  readonly pairs: readonly NodePair[];
  readonly removed: readonly Node[];
  readonly added: readonly Node[];
}

/**
 * Pairs the nodes of two graphs: by the value that they make, then by their name and operator, and those left between two
 * pairs by the longest common sequence of operators (Wagner and Fischer 1974).
 */
export function matchNodes(before: Graph, after: Graph): MatchedNodes {
  const pairs = new Map<Node, Node>();
  const free = new Set(after.nodes);
  const pairBy = (key: (node: Node) => string | undefined): void => {
    const byKey = new Map<string, Node>();
    for (const node of free) byKey.set(key(node) ?? '', node);
    for (const node of before.nodes) {
      const name = key(node);
      const twin = name && !pairs.has(node) ? byKey.get(name) : undefined;
      if (!twin || !free.delete(twin)) continue;
      pairs.set(node, twin);
    }
  };
  pairBy((node) => node.outputs[0]?.name && `${node.opType} ${node.outputs[0].name}`);
  pairBy((node) => node.name && `${node.opType} ${node.name}`);
  pairBy((node) => node.outputs[0]?.name);
  pairSequences(
    before.nodes.filter((node) => !pairs.has(node)),
    [...free],
    pairs,
  );
  const taken = new Set(pairs.values());
  return {
    pairs: Array.from(pairs, ([before, after]) => ({ before, after })),
    removed: before.nodes.filter((node) => !pairs.has(node)),
    added: after.nodes.filter((node) => !taken.has(node)),
  };
}

/** The table of lengths grows with the product of both; beyond it nodes count as removed and added. */
const largestTable = 4e6;

function pairSequences(before: readonly Node[], after: readonly Node[], pairs: Map<Node, Node>): void {
  if (before.length * after.length > largestTable) return;
  const columns = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * columns);
  const at = (i: number, j: number): number => lengths[i * columns + j]!;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i * columns + j] = alike(before[i]!, after[j]!)
        ? at(i + 1, j + 1) + 1
        : Math.max(at(i + 1, j), at(i, j + 1));
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (alike(before[i]!, after[j]!)) pairs.set(before[i++]!, after[j++]!);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
}

const alike = (a: Node, b: Node): boolean => a.opType === b.opType && a.domain === b.domain;
