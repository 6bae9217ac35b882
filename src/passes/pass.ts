import { allNodes, allValues, type Graph, type Model, type Tensor, Value } from '../ir/index.ts';
import { annotateTypes, opOf } from '../ops/index.ts';

/** One way to rewrite a model. All passes have this shape: they change the rewriting's own copy and count what they did. */
export interface Pass {
  readonly name: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** Idempotent: run again on its own result it counts nothing. Throws ModelError for a malformed model. */
  run(rewriting: Rewriting): void | Promise<void>;
}

/** A copy of a model while passes rewrite it, and what they have done so far. */
export class Rewriting {
  readonly model: Model;
  /** How often each rule applied. */
  readonly counts = new Map<string, number>();
  readonly warnings = new Set<string>();
  readonly #names: Set<string>;
  /** Values whose type the file gave: inferred types of others leave with `finish`. */
  readonly #declared = new Set<Value>();

  constructor(model: Model) {
    this.model = model.clone();
    this.#names = new Set(Array.from(allValues(this.graph), ({ name }) => name));
    for (const value of allValues(this.graph)) if (value.type) this.#declared.add(value);
  }

  get graph(): Graph {
    return this.model.graph;
  }

  count(rule: string, times = 1): void {
    if (times > 0) this.counts.set(rule, (this.counts.get(rule) ?? 0) + times);
  }

  /** Gives every value the type that can be inferred. Throws ModelError where inputs contradict an operator. */
  annotate(): void {
    annotateTypes(this.graph);
  }

  /** A name that no value of the model or its subgraphs has. */
  uniqueName(base: string): string {
    let name = base;
    for (let i = 1; this.#names.has(name); i++) name = `${base}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** A prefix for the names of a builder: no value or node of the model or its subgraphs begins with it. */
  uniquePrefix(base: string): string {
    const taken = [...this.#names, ...Array.from(allNodes(this.graph), ({ name }) => name)];
    let prefix = base;
    for (let i = 1; taken.some((name) => name.startsWith(prefix)); i++) prefix = `${base}${i}_`;
    return prefix;
  }

  /** A new constant of `graph`, called `base` or like it. */
  constant(graph: Graph, base: string, tensor: Tensor): Value {
    const value = graph.addInitializer(new Value(this.uniqueName(base), undefined, tensor));
    this.#declared.add(value);
    return value;
  }

  /** The rewritten model without the types that only helped to rewrite it: they would make the file larger. */
  finish(): Model {
    for (const value of allValues(this.graph)) {
      const { producer } = value;
      const needed = !producer || this.#declared.has(value) || this.graph.outputs.includes(value);
      if (!needed && opOf(producer)) value.type = undefined;
    }
    return this.model;
  }
}
