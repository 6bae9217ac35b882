import { type Graph, type Model, Node, Tensor, Value } from '../ir/index.ts';
import { annotateTypes } from '../ops/index.ts';

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

/** Adds nodes at the end of a graph, under names that it has not. */
class Reducer {
  readonly #graph: Graph;
  readonly #opset: number;
  readonly #taken: Set<string>;
  readonly #axes: Value;

  constructor(graph: Graph, opset: number) {
    this.#graph = graph;
    this.#opset = opset;
    this.#taken = new Set([...graph.values()].map((value) => value.name));
    this.#axes = new Value(this.#unique('extremes_axes'), undefined, Tensor.of('int64', [1]));
  }

  reduce(value: Value): [Value, Value, Value] {
    const rows = this.#rows(value);
    return [
      this.#add(value, 'ReduceMin', rows, 18),
      this.#add(value, 'ReduceMax', rows, 18),
      this.#add(value, 'ReduceSum', rows, 13),
    ];
  }

  /** The value as a matrix with a row for each index of its first dimension; the runtime copies nothing for it. */
  #rows(value: Value): Value {
    const rank = value.shape!.length;
    if (rank === 2) return value;
    const output = new Value(this.#unique(`${value.name}_rows`));
    const attributes = new Map([['axis', { type: 'int', value: rank === 0 ? 0 : 1 } as const]]);
    this.#graph.insert(
      new Node({ opType: 'Flatten', name: output.name, inputs: [value], outputs: [output], attributes }),
    );
    return output;
  }

  /** Reduces the columns; since opset `asInput` the axes are an input of the operator. */
  #add(value: Value, opType: string, rows: Value, asInput: number): Value {
    const output = new Value(this.#unique(`${value.name}_${opType}`), { dtype: 'float32', shape: [null, 1] });
    const modern = this.#opset >= asInput;
    if (modern) this.#graph.initializers.set(this.#axes.name, this.#axes);
    const attributes = modern ? undefined : new Map([['axes', { type: 'ints', value: [1] } as const]]);
    const inputs = modern ? [rows, this.#axes] : [rows];
    this.#graph.insert(
      new Node({ opType, name: output.name, inputs, outputs: [output], ...(attributes && { attributes }) }),
    );
    return output;
  }

  #unique(base: string): string {
    let name = base;
    for (let i = 1; this.#taken.has(name); i++) name = `${base}_${i}`;
    this.#taken.add(name);
    return name;
  }
}
