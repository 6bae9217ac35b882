import type { Node } from './node.ts';
import type { Value } from './value.ts';

/** Nodes in topological order over values with unique names. A subgraph may use values of the graphs around it. */
export class Graph {
  name: string;
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  /** Constants by name, in file order. One that is also listed in `inputs` is a default that a caller may override. */
  readonly initializers = new Map<string, Value>();
  readonly nodes: Node[] = [];
  docString = '';
  readonly metadata = new Map<string, string>();
  /** What a codec read and does not understand; the codec writes it back. */
  foreign: unknown;

  constructor(name = 'graph') {
    this.name = name;
  }

  /** Inputs that a caller must feed: those without a default. */
  get feeds(): Value[] {
    return this.inputs.filter((input) => !input.tensor);
  }

  /** Every value that belongs to this graph: inputs, initializers, node outputs; each once. */
  values(): Set<Value> {
    const all = new Set<Value>([...this.inputs, ...this.initializers.values()]);
    for (const node of this.nodes) for (const output of node.outputs) if (output.name) all.add(output);
    return all;
  }

  /** The value called `name`, if this graph (not one around it) has it. */
  value(name: string): Value | undefined {
    for (const value of this.values()) if (value.name === name) return value;
    return undefined;
  }

  /** Adds `node` at the end, or before `before`. */
  insert(node: Node, before?: Node): void {
    const at = before ? this.nodes.indexOf(before) : this.nodes.length;
    this.nodes.splice(at < 0 ? this.nodes.length : at, 0, node);
  }

  /** Removes nodes; their inputs no longer list them as uses. */
  remove(...nodes: Node[]): void {
    const gone = new Set(nodes);
    for (const node of gone) node.detach();
    const kept = this.nodes.filter((node) => !gone.has(node));
    this.nodes.splice(0, this.nodes.length, ...kept);
  }

  /** Makes every use of `from`, graph outputs included, a use of `to`. */
  replaceUses(from: Value, to: Value): void {
    for (const { node, index } of [...from.uses]) node.setInput(index, to);
    this.outputs.forEach((output, i) => {
      if (output === from) this.outputs[i] = to;
    });
  }

  addInitializer(value: Value): Value {
    this.initializers.set(value.name, value);
    return value;
  }

  /** A name that no value here has yet: `base`, or `base_1`, `base_2`... */
  uniqueName(base: string): string {
    const taken = new Set([...this.values()].map((value) => value.name));
    if (!taken.has(base)) return base;
    let i = 1;
    while (taken.has(`${base}_${i}`)) i++;
    return `${base}_${i}`;
  }
}
