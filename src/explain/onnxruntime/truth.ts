import type { Graph, Node } from '../../ir/index.ts';
import { isDq, isQ, readers } from './edges.ts';
import { isInt8Node } from './integer-value.ts';

/** What onnxruntime really does with a node of its basic graph. */
export type Fate = 'int8' | 'float' | 'folded';

/** Finds the nodes of one graph again in a later one. */
export class LaterGraph {
  readonly #byName = new Map<string, Node>();
  readonly #byOutput = new Map<string, Node>();

  /** `earlier`: names of the first graph, which may look like those that layout transformations make up. */
  constructor(graph: Graph, earlier: ReadonlySet<string>) {
    for (const node of graph.nodes) {
      this.#byName.set(earlier.has(node.name) ? node.name : originalName(node.name), node);
      for (const output of node.outputs) if (output.name) this.#byOutput.set(output.name, node);
    }
  }

  /** By name, else what makes the value of the same name: a fusion with the nodes before it. */
  find(node: Node): Node | undefined {
    const named = this.#byName.get(node.name);
    if (named) return named;
    for (const { name } of node.outputs) {
      const maker = name ? this.#byOutput.get(name) : undefined;
      if (maker) return maker;
    }
    return undefined;
  }

  /** Of a QuantizeLinear or DequantizeLinear: only itself. */
  has(node: Node): boolean {
    const named = this.#byName.get(node.name);
    return named !== undefined && named.opType === node.opType;
  }
}

/** Layout transformations rename what they copy: `conv_token_3`, `conv_nchwc`. */
const originalName = (name: string): string => name.replace(/(_token_\d+|_nchwc|_nhwc)+$/, '');

/**
 * The fate of a node of the basic graph in the graph that the session runs, or where a change of layout swallowed it, in
 * the one before that. `later`: both, the last first.
 */
export function fateOf(node: Node, later: readonly [LaterGraph, LaterGraph]): Fate {
  const [last] = later;
  if (isQ(node) || isDq(node)) return later[1].has(node) ? 'float' : 'folded';
  const found = last.find(node) ?? later[1].find(node);
  if (found) return isInt8Node(found) ? 'int8' : 'float';
  // It went into what reads it: a QuantizeLinear repeats it, or a larger kernel computes it.
  const [use] = readers(node);
  if (!use || isQ(use.node)) return 'folded';
  return fateOf(use.node, later);
}
