import type { Graph, Model, Node } from '../../ir/index.ts';
import { cloneGraph } from '../../ir/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import type { Reason } from '../reason.ts';
import { isInt8Node } from './integer-value.ts';
import type { Platform } from './selectors.ts';
import { sessionGraph } from './session-graph.ts';
import { simulate } from './simulate.ts';
import { type Fate, fateOf, LaterGraph } from './truth.ts';

/** What onnxruntime does with the nodes of its basic graph, as its rules say. */
export interface Prediction {
  /** What onnxruntime makes of the model without any int8: constants folded, float patterns fused. */
  readonly basic: Graph;
  /** By node name of `basic`. */
  readonly fates: ReadonlyMap<string, Fate>;
  readonly reasons: ReadonlyMap<string, Reason>;
  /** Nodes for which a session refuses the whole model. */
  readonly refused: ReadonlyMap<string, Reason>;
}

/** `model` must have unique node names. Throws ModelError if onnxruntime cannot load it. */
export async function predict(model: Model, processor: Omit<Platform, 'opset'>): Promise<Prediction> {
  const basic = await sessionGraph(model, 'basic');
  annotateTypes(basic);
  const { int8, folded, reasons, refused } = simulate(cloneGraph(basic), {
    ...processor,
    opset: model.opset,
  });
  const fate = (node: Node): Fate =>
    int8.has(node.name) || isInt8Node(node) ? 'int8' : folded.has(node.name) ? 'folded' : 'float';
  return { basic, fates: new Map(basic.nodes.map((node) => [node.name, fate(node)])), reasons, refused };
}

/** What onnxruntime on this machine really does with the nodes of `basic`. Throws ModelError if it refuses the model. */
export async function observe(model: Model, basic: Graph): Promise<Map<string, Fate>> {
  const names = new Set(basic.nodes.map(({ name }) => name));
  const later = [
    new LaterGraph(await sessionGraph(model, 'all'), names),
    new LaterGraph(await sessionGraph(model, 'extended'), names),
  ] as const;
  return new Map(basic.nodes.map((node) => [node.name, fateOf(node, later)]));
}
