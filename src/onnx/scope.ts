import { ModelError } from '../errors.ts';
import type { Value } from '../ir/index.ts';
import type { NodeProto } from './schema.ts';

/** The values that nodes can use by name: those of a graph so far, and those of the graphs around it. */
export class Scope {
  readonly #values = new Map<string, Value>();
  readonly #outer: Scope | undefined;
  readonly #graph: string;
  readonly #nodes: readonly NodeProto[];

  constructor(graph: string, nodes: readonly NodeProto[], outer: Scope | undefined) {
    this.#graph = graph;
    this.#nodes = nodes;
    this.#outer = outer;
  }

  /** The value called `name` of this graph alone. */
  own(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** Throws ModelError if this graph has a value of that name. */
  define(value: Value, by: string): Value {
    if (this.#values.has(value.name))
      throw new ModelError(
        `${by} defines '${value.name}', which graph '${this.#graph}' has already; names must be unique`,
        { value: value.name },
      );
    this.#values.set(value.name, value);
    return value;
  }

  /** Throws ModelError if `name` is not defined, or not yet. */
  use(name: string, by: string): Value {
    const value = this.#find(name);
    if (value) return value;
    const why = this.#comesLater(name)
      ? 'before the node that makes it; nodes must be in topological order, without cycles'
      : 'which no input, initializer or node defines';
    throw new ModelError(`${by} of graph '${this.#graph}' uses '${name}', ${why}`, { value: name });
  }

  #find(name: string): Value | undefined {
    const own = this.#values.get(name);
    return own || !this.#outer ? own : this.#outer.#find(name);
  }

  #comesLater(name: string): boolean {
    const here = this.#nodes.some((node) => node.output?.includes(name));
    return here || !this.#outer ? here : this.#outer.#comesLater(name);
  }
}
