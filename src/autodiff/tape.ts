import type { GraphBuilder, Node, Value } from '../ir/index.ts';
import type { GradContext } from '../ops/index.ts';

/** Nodes that are differentiated as one, by a rule of their own instead of those of their operators. */
export interface Region {
  readonly inputs: readonly (Value | undefined)[];
  readonly output: Value;
  /** Gradients of the inputs. */
  grad(context: RegionGradContext): (Value | undefined)[];
}

export interface RegionGradContext extends Pick<GradContext, 'g' | 'dy'> {
  /** Whether the gradient of input `index` is wanted. */
  needs(index: number): boolean;
}

/** The regions of a graph. Nodes outside of any are differentiated by their operators. */
export class Tape {
  readonly #regions = new Map<Node, Region>();

  /** Makes all nodes that `write` adds one region, and returns its output. */
  region(g: GraphBuilder, inputs: Region['inputs'], write: () => Pick<Region, 'output' | 'grad'>): Value {
    const before = g.graph.nodes.length;
    const region = { inputs, ...write() };
    for (const node of g.graph.nodes.slice(before)) this.#regions.set(node, region);
    return region.output;
  }

  regionOf(node: Node): Region | undefined {
    return this.#regions.get(node);
  }
}
