import { allGraphs, type Node } from '../ir/index.ts';
import { isOp } from './match.ts';
import type { Pass } from './pass.ts';
import { replaceNode } from './replace.ts';

export const mergeTransposes: Pass = {
  name: 'merge-transposes',
  summary: 'Make one Transpose of consecutive ones',
  run(rewriting) {
    rewriting.annotate();
    for (const graph of [...allGraphs(rewriting.graph)])
      for (const node of [...graph.nodes]) {
        const first = isOp(node, 'Transpose') ? node.input(0).producer : undefined;
        if (!isOp(first, 'Transpose')) continue;
        const [inner, outer] = [permutation(first), permutation(node)];
        if (inner?.length !== outer?.length || !inner || !outer) continue;
        const perm = outer.map((axis) => inner[axis]!);
        replaceNode(graph, node, { opType: 'Transpose', inputs: [first.input(0)], attributes: { perm } });
        rewriting.count('Transpose of a Transpose');
      }
  },
};

/** The permutation, written or the default, which reverses; undefined if the rank is not known. */
export function permutation(node: Node): number[] | undefined {
  const rank = node.input(0).shape?.length ?? node.outputs[0]?.shape?.length;
  return node.ints('perm') ?? (rank === undefined ? undefined : [...Array(rank).keys()].reverse());
}
