import { allNodes, type Graph, type Model } from '../../ir/index.ts';
import { readModel, writeModel } from '../../onnx/index.ts';
import { optimizedByOnnxruntime } from '../../runtime/index.ts';

/** A copy whose nodes all have names, each once: by them they are found again in what onnxruntime makes of the model. */
export function withNodeNames(model: Model): Model {
  const copy = model.clone();
  const taken = new Set<string>();
  for (const node of allNodes(copy.graph)) {
    const base = node.name || `${node.opType}_${node.outputs[0]?.name ?? ''}`;
    let name = base;
    for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    node.name = name;
  }
  return copy;
}

/** The graph that a session at `level` runs, or starts its int8 work from. Throws ModelError if onnxruntime refuses. */
export async function sessionGraph(model: Model, level: 'basic' | 'extended' | 'all'): Promise<Graph> {
  return readModel(await optimizedByOnnxruntime(writeModel(model), level)).graph;
}
