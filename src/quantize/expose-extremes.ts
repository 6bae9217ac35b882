import type { Graph, Model, Value } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';
import { AppendedNodes } from './appended-nodes.ts';

/** The outputs that tell about one value: each has a number a row, a row being an index of the value's first dimension. */
export interface ReducedNames {
  readonly min: string;
  readonly max: string;
  readonly sum: string;
}

export interface ReducedModel {
  /** A copy that gives nothing but the reductions. */
  readonly model: Model;
  readonly outputs: ReadonlyMap<string, ReducedNames>;
  /** Values whose rank is not known, or that have no numbers: these must be looked at themselves. */
  readonly left: readonly string[];
}

/**
 * Appends ReduceMin, ReduceMax and ReduceSum over all dimensions but the first to float32 values, so that three numbers
 * a row leave the runtime instead of whole tensors. The sum is there for NaN, which onnxruntime's ReduceMin and
 * ReduceMax do not pass on.
 */
export function exposeExtremes(model: Model, names: readonly string[]): ReducedModel {
  const copy = model.clone();
  const { graph } = copy;
  annotateTypes(graph);
  const byName = new Map([...graph.values()].map((value) => [value.name, value]));
  const outputs = new Map<string, ReducedNames>();
  const left: string[] = [];
  const reduced: Value[] = [];
  const reducer = new Reducer(graph, copy.opset);
  for (const name of names) {
    const value = byName.get(name);
    if (!value?.shape || value.shape.includes(0)) {
      left.push(name);
      continue;
    }
    const [min, max, sum] = reducer.reduce(value);
    reduced.push(min, max, sum);
    outputs.set(name, { min: min.name, max: max.name, sum: sum.name });
  }
  graph.outputs.splice(0, graph.outputs.length, ...reduced);
  return { model: copy, outputs, left };
}

/** Adds the reductions of one value after the other. */
class Reducer {
  readonly #nodes: AppendedNodes;

  constructor(graph: Graph, opset: number) {
    this.#nodes = new AppendedNodes(graph, opset);
  }

  reduce(value: Value): [Value, Value, Value] {
    const rows = this.#rows(value);
    const by = (opType: string, asInput: number) =>
      this.#nodes.reduce(opType, rows, { axis: 1, asInput, name: `${value.name}_${opType}` });
    return [by('ReduceMin', 18), by('ReduceMax', 18), by('ReduceSum', 13)];
  }

  /** The value as a matrix with a row for each index of its first dimension; the runtime copies nothing for it. */
  #rows(value: Value): Value {
    const rank = value.shape!.length;
    if (rank === 2) return value;
    const axis = { type: 'int', value: rank === 0 ? 0 : 1 } as const;
    return this.#nodes.add('Flatten', [value], {
      name: `${value.name}_rows`,
      attributes: new Map([['axis', axis]]),
    });
  }
}
