import { type Graph, Model, type Value } from '../../ir/index.ts';
import { removeUnused } from '../../passes/index.ts';
import { foldBias } from './fold-bias.ts';
import { foldPad } from './fold-pad.ts';
import type { Layout, Operand } from './operand.ts';
import { rankOf, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** The layout of an input or output of this rank: only pictures change. */
export const interfaceLayout = (rank: number | undefined, layout: 'nchw' | 'nhwc' = 'nchw'): Layout =>
  rank === 4 && layout === 'nchw' ? 'first' : 'last';

/** The finished model: outputs declared under their names, biases and paddings folded, what no output needs removed. */
export function finish(
  w: Writer,
  outputs: ReadonlyMap<string, Operand>,
  { layout }: { layout?: 'nchw' | 'nhwc' | undefined },
): Model {
  const values = Array.from(outputs, ([name, x]): [string, Value] => [
    name,
    valueIn(w, x, interfaceLayout(rankOf(x), layout)),
  ]);
  const { graph } = w.g;
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  for (const [name, value] of values) w.g.output(value, inputs.has(name) ? `${name}_output` : name);
  freeNames(graph);
  foldBias(graph);
  foldPad(graph);
  const model = removeUnused(new Model(graph));
  distinctNames(model);
  return model;
}

/** Renames constants that have the name of an output. */
function freeNames(graph: Graph): void {
  for (const { name } of graph.outputs) {
    const constant = graph.initializers.get(name);
    if (!constant) continue;
    graph.initializers.delete(name);
    constant.name = graph.uniqueName(`${name}_constant`);
    graph.addInitializer(constant);
  }
}

/** Gives a name of its own to every value that a node makes; names of inputs, outputs and initializers stay. */
function distinctNames({ graph }: Model): void {
  const taken = new Set(
    [...graph.inputs, ...graph.initializers.values(), ...graph.outputs].map(({ name }) => name),
  );
  const kept = new Set(graph.outputs);
  for (const value of graph.nodes.flatMap((node) => node.outputs)) {
    if (kept.has(value)) continue;
    const base = value.name;
    for (let i = 1; taken.has(value.name); i++) value.name = `${base}_${i}`;
    taken.add(value.name);
  }
}
