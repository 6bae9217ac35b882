import type { Graph, Node, Value } from '../../src/ir/index.ts';
import { elementsOf, isView, isWeight, joins } from './layers.ts';

/**
 * The most elements of activations that are needed at once when the nodes run in their order: what a layer reads and writes, and
 * what later ones still want. Views and activations that join a layer need no memory of their own. Graphs inside of nodes
 * are left out.
 */
export function peakActivations(graph: Graph): number {
  const owners = ownersOf(graph);
  const last = lastUses(graph, owners);
  const live = new Set<Value>(graph.feeds);
  let [held, most] = [sum(live), 0];
  for (const [step, node] of graph.nodes.entries()) {
    for (const output of node.outputs) {
      const owner = owners.get(output) ?? output;
      if (live.has(owner) || !owner.name || isWeight(owner)) continue;
      live.add(owner);
      held += elementsOf(owner);
    }
    most = Math.max(most, held);
    for (const value of live)
      if ((last.get(value) ?? -1) <= step) {
        live.delete(value);
        held -= elementsOf(value);
      }
  }
  return most;
}

const sum = (values: Iterable<Value>): number =>
  [...values].reduce((total, value) => total + elementsOf(value), 0);

const sharesMemory = (node: Node): boolean => isView(node) || joins(node);

/** For each value the one whose memory it lies in. */
function ownersOf(graph: Graph): Map<Value, Value> {
  const owners = new Map<Value, Value>();
  for (const node of graph.nodes) {
    const input = node.inputs[0];
    if (!input || !sharesMemory(node)) continue;
    for (const output of node.outputs) owners.set(output, owners.get(input) ?? input);
  }
  return owners;
}

/** The step after which nothing reads a memory; never for outputs of the graph. */
function lastUses(graph: Graph, owners: ReadonlyMap<Value, Value>): Map<Value, number> {
  const last = new Map<Value, number>();
  for (const [step, node] of graph.nodes.entries())
    for (const value of [...node.inputs, ...node.outputs])
      if (value) last.set(owners.get(value) ?? value, step);
  for (const output of graph.outputs) last.set(owners.get(output) ?? output, Infinity);
  return last;
}
