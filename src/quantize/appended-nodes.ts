import { type Attribute, type Graph, Node, Tensor, Value } from '../ir/index.ts';

/** Adds nodes at the end of a graph IN PLACE, under names that it has not. */
export class AppendedNodes {
  readonly #graph: Graph;
  readonly #opset: number;
  readonly #taken: Set<string>;
  readonly #constants = new Map<string, Value>();

  constructor(graph: Graph, opset: number) {
    this.#graph = graph;
    this.#opset = opset;
    this.#taken = new Set([...graph.values()].map((value) => value.name));
  }

  /** A node with one output, whose name is `name` or begins with it. */
  add(
    opType: string,
    inputs: readonly Value[],
    { name, attributes }: { readonly name: string; readonly attributes?: Map<string, Attribute> },
  ): Value {
    const output = new Value(this.#unique(name));
    const node = { opType, name: output.name, inputs, outputs: [output] };
    this.#graph.insert(new Node(attributes ? { ...node, attributes } : node));
    return output;
  }

  /** Reduces one axis of a float32 value, which stays with size 1; since opset `asInput` the operator takes it as an input. */
  reduce(
    opType: string,
    value: Value,
    { axis, asInput, name }: { readonly axis: number; readonly asInput: number; readonly name: string },
  ): Value {
    const output =
      this.#opset >= asInput
        ? this.add(opType, [value, this.int64s([axis])], { name })
        : this.add(opType, [value], {
            name,
            attributes: new Map([['axes', { type: 'ints', value: [axis] }]]),
          });
    output.type = { dtype: 'float32', shape: undefined };
    return output;
  }

  /** A constant vector; equal ones are one initializer. */
  int64s(numbers: readonly number[]): Value {
    const key = numbers.join();
    const known = this.#constants.get(key);
    if (known) return known;
    const name = this.#unique(`int64s_${key.replaceAll(',', '_')}`);
    const value = this.#graph.addInitializer(new Value(name, undefined, Tensor.of('int64', numbers)));
    this.#constants.set(key, value);
    return value;
  }

  #unique(base: string): string {
    let name = base;
    for (let i = 1; this.#taken.has(name); i++) name = `${base}_${i}`;
    this.#taken.add(name);
    return name;
  }
}
