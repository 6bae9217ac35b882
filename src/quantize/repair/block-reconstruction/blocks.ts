import type { Graph, Node, Value } from '../../../ir/index.ts';
import { usedValues } from '../../../ir/index.ts';
import { constantOf } from '../../../ops/index.ts';
import type { QuantizationPlan } from '../../plan.ts';

/** A part of a graph that one value leads into and one leads out of. */
export interface Block {
  readonly input: Value;
  readonly output: Value;
  /** In order. */
  readonly nodes: readonly Node[];
  /** Its quantized nodes with weights. */
  readonly weighted: readonly Node[];
}

/**
 * Cuts a graph into blocks that are to be reconstructed as one: what lies between two values that every path goes
 * through, such as a residual block, squeeze-and-excite or attention, with the activation behind it; a single layer where
 * the graph does not branch, a depthwise one together with the next. Parts without weights are in no block.
 */
export function findBlocks(graph: Graph, plan: QuantizationPlan): Block[] {
  const isWeighted = (node: Node) => plan.nodes.get(node)?.kind === 'weighted';
  const blocks: Block[] = [];
  for (const part of parts(graph)) {
    const weighted = part.nodes.filter(isWeighted);
    const last = blocks.at(-1);
    const follows = last !== undefined && last.output === part.input;
    const joins =
      follows &&
      (weighted.length === 0 ? part.nodes.every(isElementwise) : endsDepthwise(last) && isChain(part));
    if (joins) blocks[blocks.length - 1] = joined(last, { ...part, weighted });
    else if (weighted.length > 0) blocks.push({ ...part, weighted });
  }
  return blocks;
}

const joined = (a: Block, b: Block): Block => ({
  input: a.input,
  output: b.output,
  nodes: [...a.nodes, ...b.nodes],
  weighted: [...a.weighted, ...b.weighted],
});

const isChain = ({ nodes }: { readonly nodes: readonly Node[] }): boolean => nodes.length === 1;

/** Whether the one layer of a block is a depthwise convolution. */
function endsDepthwise({ weighted }: Block): boolean {
  const [node, ...more] = weighted;
  return more.length === 0 && node!.opType === 'Conv' && node!.int('group', 1) > 1;
}

const elementwise: ReadonlySet<string> = new Set([
  ...['Relu', 'Clip', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'Softplus', 'Mish', 'Gelu', 'PRelu'],
  ...['Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Erf', 'Add', 'Mul', 'Div', 'Sub'],
]);

const isElementwise = ({ opType }: Node): boolean => elementwise.has(opType);

type Part = Pick<Block, 'input' | 'output' | 'nodes'>;

/** The smallest parts between single values: one node each where the graph is a chain. */
function parts(graph: Graph): Part[] {
  const found: Part[] = [];
  const left = new Map<Value, number>();
  const computed = graph.nodes.filter((node) => !constantOf(node.outputs[0]));
  const used = new Map(computed.map((node) => [node, [...usedValues(node)].filter((v) => !constantOf(v))]));
  for (const values of used.values()) for (const value of values) left.set(value, (left.get(value) ?? 0) + 1);
  const live = new Set<Value>(graph.feeds.filter((value) => left.has(value)));
  let [entry, nodes]: [Value | undefined, Node[]] = [live.size === 1 ? [...live][0] : undefined, []];
  for (const node of computed) {
    nodes.push(node);
    for (const value of used.get(node)!) {
      left.set(value, left.get(value)! - 1);
      if (left.get(value) === 0) live.delete(value);
    }
    for (const output of node.outputs) if (left.has(output)) live.add(output);
    const isLast = live.size === 0 && graph.outputs.includes(node.output());
    if (live.size !== 1 && !isLast) continue;
    const exit = isLast ? node.output() : [...live][0]!;
    // A part that gives an output on its way has more than one exit.
    const gives = nodes.some((one) => one.outputs.some((v) => v !== exit && graph.outputs.includes(v)));
    if (entry && !gives && exit.producer && nodes.includes(exit.producer))
      found.push({ input: entry, output: exit, nodes });
    [entry, nodes] = [exit, []];
  }
  return found;
}
