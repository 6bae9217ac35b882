import type { Model, Node } from '../ir/index.ts';
import { annotateTypes, constantOf } from '../ops/index.ts';
import { foldedInto, type PlanOptions, planQuantization, prepare } from '../quantize/index.ts';
import type { Target } from '../targets/index.ts';
import type { NodeFate } from './node-fate.ts';

/** What would become of the nodes of a float model if it were quantized for a target. */
export function explainFloat(
  model: Model,
  target: Target,
  options: Omit<PlanOptions, 'target'> = {},
): NodeFate[] {
  const { graph } = prepare(model).clone();
  annotateTypes(graph);
  const plan = planQuantization(graph, { ...options, target });
  const prepared = new Map(graph.nodes.map((node) => [node.outputs[0]!.name, node]));
  const folds = new Set([...plan.nodes.keys()].map((node) => foldedInto(node, graph, plan)));
  const fate = (node: Node): Omit<NodeFate, 'node' | 'op'> => {
    const twin = prepared.get(node.outputs[0]!.name);
    if (!twin || constantOf(node.outputs[0])) return gone('a constant or the node before it stands for it');
    if (folds.has(twin)) return gone(`joins ${twin.input(0).producer!.label}`);
    if (plan.nodes.has(twin)) return { state: 'int8', because: '', remedy: '' };
    const because = plan.left.get(twin);
    if (because === undefined) return gone('it only makes a constant');
    return { state: 'float', because, remedy: remedyOf(because) };
  };
  return model.graph.nodes.map((node) => ({
    node: node.name || node.outputs[0]!.name,
    op: node.opType,
    // Batch normalization takes over the name of the convolution's output.
    ...fate(node),
  }));
}

const gone = (because: string): Omit<NodeFate, 'node' | 'op'> => ({ state: 'folded', because, remedy: '' });

const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /no int8 kernel|no quantization rule|compute[sd] it|float16|does not map/,
    'replace the operator if it takes much of the time',
  ],
  [/input is float/, 'it follows the node before it: see there'],
  [/bounds must be/, 'train with ReLU or ReLU6 instead'],
  [/must be 16 or more/, 'make the layer wider, or leave it float: it would not be faster'],
  [/weight is not a constant|bias is not a constant/, 'make it an initializer'],
  [/excluded/, 'take it from the list of what stays float'],
];

const remedyOf = (because: string): string =>
  remedies.find(([pattern]) => pattern.test(because))?.[1] ?? 'leave it float';
