import { type Graph, type Node, type Use, usedValues, type Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';
import { roundings } from './rounding.ts';

/** The constants of a model by what training does with them. */
export interface TrainedConstants {
  /** Changed by the optimizer. */
  readonly parameters: readonly Value[];
  /** Changed by the forward pass: running statistics. */
  readonly buffers: readonly Value[];
  /** Scales of QuantizeLinear behind weights and activations, which can be learned: not those of the data. */
  readonly scales: readonly Value[];
}

/**
 * Sorts a graph's float32 initializers. Those at the inputs that an operator declares as `parameters` are trained. Of
 * other operators (Add, Mul, Transpose...) a constant is trained unless it is
 * - used on the way from an input to the first weights: that is normalization of the data
 * - a single number: that is part of the formula, except for a bias right behind weights of one channel
 * - only part of another constant that is not trained, such as the factors of Resize
 */
export function trainedConstants(graph: Graph): TrainedConstants {
  const raw = beforeWeights(graph);
  const constant = constantNodes(graph);
  const rounded = roundings(graph);
  const floats = [...graph.initializers.values()].filter((value) => value.dtype === 'float32');
  const isState = ({ uses }: Value): boolean =>
    uses.some(({ node, index }) => opOf(node)?.state?.includes(index) === true);
  const isLearnedBy = (use: Use, size: number): boolean => {
    const { node, index } = use;
    const rounding = rounded.get(node);
    if (rounding) return rounding.nodes[0] === node && index === 0;
    const declared = opOf(node)?.parameters;
    if (declared) return declared.includes(index);
    if (node.inputs.some((input) => input && raw.has(input))) return false;
    const value = node.inputs[index]!;
    if (size <= 1 && !(value.tensor && isSingleBias(value, use))) return false;
    // What is made of constants alone is learned if its readers learn it.
    if (!constant.has(node)) return true;
    const uses = node.outputs.flatMap((output) => output.uses);
    return uses.length === 0 || uses.some((next) => isLearnedBy(next, size));
  };
  const isLearned = ({ uses, tensor }: Value): boolean => uses.some((use) => isLearnedBy(use, tensor!.size));
  const isScale = ({ uses }: Value): boolean =>
    uses.some(({ node, index }) => opOf(node)?.scale === index && !raw.has(node.input(0)));
  return {
    parameters: floats.filter((value) => !isState(value) && isLearned(value)),
    buffers: floats.filter(isState),
    scales: floats.filter(isScale),
  };
}

/** Nodes that compute something of constants alone. */
function constantNodes(graph: Graph): Set<Node> {
  const found = new Set<Node>();
  const isConstant = (value: Value): boolean =>
    value.tensor !== undefined || (value.producer !== undefined && found.has(value.producer));
  for (const node of graph.nodes) if ([...usedValues(node)].every(isConstant)) found.add(node);
  return found;
}

/** Values computed from the graph's inputs without any weights: the data in other words. */
function beforeWeights(graph: Graph): Set<Value> {
  const before = new Set<Value>(graph.feeds);
  const behind = new Set<Value>();
  const isFed = (value: Value): boolean => before.has(value) || behind.has(value);
  for (const node of graph.nodes) {
    const used = [...usedValues(node)];
    if (!used.some(isFed)) continue;
    const weighs = used.some((value) => behind.has(value)) || hasWeights(node, isFed);
    for (const output of node.outputs) (weighs ? behind : before).add(output);
  }
  return before;
}

const hasWeights = (node: Node, isFed: (value: Value) => boolean): boolean =>
  (opOf(node)?.parameters ?? []).some((index) => {
    const value = node.inputs[index];
    return value !== undefined && !isFed(value);
  });

/** `[1]`, `[1,1,1]`... added to the output of an operator whose weights make one channel. */
function isSingleBias({ tensor }: Value, { node, index }: Use): boolean {
  if (!opOf(node)?.addsBias || tensor!.shape.length === 0) return false;
  const weighted = node.inputs[1 - index]?.producer;
  const rule = weighted && opOf(weighted)?.quantize;
  if (rule?.kind !== 'weighted') return false;
  return weighted!.input(rule.weight).shape?.[rule.axis(weighted!)] === 1;
}
