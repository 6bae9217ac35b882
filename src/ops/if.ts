import type { Graph, Node, TensorType, Value } from '../ir/index.ts';
import { moves } from './cost.ts';
import { joinShapes } from './dims.ts';
import { requireDtype } from './inputs.ts';
import type { Op } from './op.ts';

/** Runs one of two subgraphs; both take what they need from the graph around them. A cost counts both: a bound. */
export const If: Op = {
  type: 'If',
  infer(node) {
    requireDtype(node, 0, 'bool');
    const branches = ['then_branch', 'else_branch'].map((name) => branch(node, name));
    const [yes, no] = branches.map(({ outputs }) => outputs) as [Value[], Value[]];
    if (yes.length !== no.length)
      throw node.error(`branches must have equally many outputs, have ${yes.length} and ${no.length}`);
    return yes.map((value, i) => joined(node, value, no[i]!));
  },
  cost: moves,
  subgraph: { inputs: () => [], trips: () => undefined },
};

function branch(node: Node, name: string): Graph {
  const graph = node.graph(name);
  if (graph) return graph;
  throw node.error(`must have a ${name}`);
}

/** What holds for an output whichever branch it comes from. */
function joined(node: Node, yes: Value, no: Value): TensorType {
  if (yes.dtype && no.dtype && yes.dtype !== no.dtype)
    throw node.error(`branches must give one type, give ${yes.dtype} and ${no.dtype}`);
  return { dtype: yes.dtype ?? no.dtype, shape: joinShapes(yes.shape, no.shape) };
}
