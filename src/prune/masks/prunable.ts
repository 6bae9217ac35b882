import { UsageError } from '../../errors.ts';
import type { Graph, Node, Use, Value } from '../../ir/index.ts';
import { opOf } from '../../ops/index.ts';
import { globPattern } from '../../train/freeze.ts';

/** Constant weights of a convolution, Gemm or MatMul, of which any element may become 0. */
export interface PrunableWeight {
  readonly name: string;
  readonly value: Value;
  /** The first node that reads it. */
  readonly node: Node;
  readonly data: Float32Array;
  readonly shape: readonly number[];
  /** The axis along which products are summed up: the input channels. Undefined for a vector, or where readers disagree. */
  readonly axis: number | undefined;
}

/** Weights that stay as they are, and why. */
export interface LeftWeight {
  readonly name: string;
  readonly reason: string;
}

/**
 * The weights of a graph that can be pruned: those that operators of weights alone read, of float32. Biases and what
 * normalizations scale and shift with are neither. Throws UsageError for a glob of `keep` that fits nothing.
 */
export function prunableWeights(
  graph: Graph,
  { keep = [] }: { readonly keep?: readonly string[] | undefined } = {},
): { readonly weights: readonly PrunableWeight[]; readonly left: readonly LeftWeight[] } {
  const isKept = keptBy(graph, keep);
  const weights: PrunableWeight[] = [];
  const left: LeftWeight[] = [];
  for (const value of graph.initializers.values()) {
    const use = value.uses.find(isWeight);
    if (!use) {
      const first = computingNode(value);
      if (first) left.push({ name: value.name, reason: `${first.label} works on it first: fold constants` });
      continue;
    }
    const reason = isKept(value) ? "'keep' says so" : obstacle(value, graph);
    if (reason) left.push({ name: value.name, reason });
    else weights.push(prunable(value, use.node));
  }
  return { weights, left };
}

const prunable = (value: Value, node: Node): PrunableWeight => {
  const tensor = value.tensor!;
  return {
    name: value.name,
    ...{ value, node, shape: tensor.shape, axis: reductionAxis(value) },
    data: tensor.data as Float32Array,
  };
};

function isWeight({ node, index }: Use): boolean {
  const rule = opOf(node)?.quantize;
  return rule?.kind === 'weighted' && rule.weight === index;
}

/** What makes a weight of a constant, a transposition for instance, if no operator takes it as it is. */
function computingNode(value: Value): Node | undefined {
  if (!value.tensor || value.tensor.shape.length < 2) return undefined;
  return value.uses.find(({ node }) => makesWeight(node, value))?.node;
}

/** Whether what a node makes of a constant and others is used as a weight, there or further on. */
const makesWeight = (node: Node, of: Value): boolean =>
  node.inputs.every((input) => !input || input === of || input.tensor) &&
  node.outputs.some((output) => output.uses.some((use) => isWeight(use) || makesWeight(use.node, output)));

function obstacle({ name, dtype, uses }: Value, { outputs }: Graph): string | undefined {
  if (dtype !== 'float32') return `it is ${dtype}, only float32 is pruned`;
  const other = uses.find((use) => !isWeight(use));
  if (other) return `${other.node.opType} '${other.node.name}' reads it as well`;
  return outputs.some((output) => output.name === name) ? 'it is an output of the model' : undefined;
}

/** Of the two axes of a matrix of weights the one that is not that of the outputs. */
function reductionAxis({ tensor, uses }: Value): number | undefined {
  if (tensor!.shape.length < 2) return undefined;
  const axes = new Set(
    uses.map(({ node }) => {
      const rule = opOf(node)?.quantize;
      const output = rule?.kind === 'weighted' ? rule.axis(node) : 0;
      const axis = output === 0 ? 1 : output - 1;
      // Input channels of a grouped transposed convolution are summed up in groups of their own.
      return axis === 0 && node.int('group', 1) > 1 ? undefined : axis;
    }),
  );
  return axes.size === 1 ? [...axes][0] : undefined;
}

function keptBy(graph: Graph, globs: readonly string[]): (value: Value) => boolean {
  const weights = [...graph.initializers.values()].filter(({ uses }) => uses.some(isWeight));
  const namesOf = (value: Value): string[] => [value.name, ...value.uses.map(({ node }) => node.name)];
  const kept = new Set<Value>();
  for (const glob of globs) {
    const pattern = globPattern(glob);
    const found = weights.filter((value) => namesOf(value).some((name) => pattern.test(name)));
    if (found.length === 0) {
      const some = weights.slice(0, 6).flatMap(namesOf).join(', ');
      throw new UsageError(
        `'keep' must fit names of nodes or of their weights, '${glob}' fits none. Some are: ${some}`,
      );
    }
    for (const value of found) kept.add(value);
  }
  return (value) => kept.has(value);
}
