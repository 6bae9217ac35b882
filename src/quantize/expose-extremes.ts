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
  /** By name of the value, in the order of the graph. */
  readonly outputs: ReadonlyMap<string, ReducedNames>;
  /** Values whose rank or type is not known, or that have no numbers: these must be looked at themselves. */
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
  const wanted = new Set(names);
  const outputs = new Map<string, ReducedNames>();
  const reduced: Value[] = [];
  const reducer = new Reducer(graph, copy.opset);
  // The last value first: onnxruntime begins with the last node that nobody reads and what that needs, so that the
  // extremes of each value are taken as soon as it is there, and its memory is free for the next.
  for (const value of [...graph.values()].reverse()) {
    if (!wanted.has(value.name) || value.dtype !== 'float32') continue;
    if (!value.shape || value.shape.includes(0)) continue;
    const [min, max, sum] = reducer.reduce(value);
    reduced.push(min, max, sum);
    outputs.set(value.name, { min: min.name, max: max.name, sum: sum.name });
  }
  const left = names.filter((name) => !outputs.has(name));
  graph.outputs.splice(0, graph.outputs.length, ...reduced);
  return { model: copy, outputs: new Map([...outputs].reverse()), left };
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
