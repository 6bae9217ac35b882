import { allGraphs, allNodes, type Graph, Node, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isOp } from './match.ts';
import type { Pass, Rewriting } from './pass.ts';
import { replaceValue } from './replace.ts';

export const inlineBranches: Pass = {
  name: 'inline-branches',
  summary: 'Put the branch that an If with a constant condition takes in its place',
  run(rewriting) {
    // Innermost first: what a branch holds is settled before it is moved.
    for (const graph of [...allGraphs(rewriting.graph)].reverse())
      for (const node of [...graph.nodes]) {
        const condition = isOp(node, 'If') ? constantOf(node.input(0)) : undefined;
        // A default that a caller may override is no constant.
        if (condition?.size !== 1 || graph.inputs.includes(node.input(0))) continue;
        const [taken, dropped] = [node.graph('then_branch'), node.graph('else_branch')];
        if (!taken || !dropped) continue;
        const isTaken = condition.bytes[0] !== 0;
        inline({ graph, node, rewriting }, isTaken ? [taken, dropped] : [dropped, taken]);
        rewriting.count('If with a constant condition');
      }
  },
};

interface Place {
  readonly graph: Graph;
  readonly node: Node;
  readonly rewriting: Rewriting;
}

function inline({ graph, node, rewriting }: Place, [taken, dropped]: readonly [Graph, Graph]): void {
  for (const inner of allNodes(dropped)) inner.detach();
  // Other branches may use the same names, each for itself.
  for (const value of taken.values()) value.name = rewriting.uniqueName(value.name);
  for (const constant of taken.initializers.values()) graph.addInitializer(constant);
  for (const inner of taken.nodes) {
    // onnxruntime refuses two nodes of one name.
    if (inner.name) inner.name = inner.outputs[0]?.name ?? '';
    graph.insert(inner, node);
  }
  node.outputs.forEach((output, i) => {
    const result = taken.outputs[i];
    if (result && !replaceValue(graph, output, result)) handOn(graph, { node, output, result });
  });
  graph.remove(node);
}

/** Makes an output of the graph that must stay what it is of a value that is no node's, or an output already. */
function handOn(
  graph: Graph,
  { node, output, result }: { readonly node: Node; readonly output: Value; readonly result: Value },
): void {
  graph.insert(
    new Node({ opType: 'Identity', name: output.name, inputs: [result], outputs: [output] }),
    node,
  );
}
