import { ModelError } from '../errors.ts';
import type { Attribute } from './attribute.ts';
import type { Graph } from './graph.ts';
import type { Tensor } from './tensor.ts';
import type { Value } from './value.ts';

const decoder = new TextDecoder();

/** One operator call. Change inputs by `setInput`, so that every value knows its uses. */
export class Node {
  name: string;
  opType: string;
  /** '' is the default ONNX domain. */
  domain: string;
  overload = '';
  readonly attributes: Map<string, Attribute>;
  docString = '';
  readonly metadata = new Map<string, string>();
  /** What a codec read and does not understand; the codec writes it back. */
  foreign: unknown;
  readonly outputs: readonly Value[];
  readonly #inputs: (Value | undefined)[] = [];

  constructor(init: {
    opType: string;
    inputs: readonly (Value | undefined)[];
    outputs: readonly Value[];
    name?: string;
    domain?: string;
    attributes?: Map<string, Attribute>;
  }) {
    this.name = init.name ?? '';
    this.opType = init.opType;
    this.domain = init.domain ?? '';
    this.attributes = init.attributes ?? new Map();
    this.outputs = init.outputs;
    for (const output of init.outputs) output.producer = this;
    for (const [index, value] of init.inputs.entries()) this.setInput(index, value);
  }

  /** Inputs in order; undefined is an optional input that is left out. */
  get inputs(): readonly (Value | undefined)[] {
    return this.#inputs;
  }

  setInput(index: number, value: Value | undefined): void {
    const old = this.#inputs[index];
    if (old) removeUse(old, this, index);
    while (this.#inputs.length < index) this.#inputs.push(undefined);
    this.#inputs[index] = value;
    value?.uses.push({ node: this, index });
  }

  /** Cuts the node off from its inputs; the graph calls this when it removes the node. */
  detach(): void {
    this.#inputs.forEach((value, index) => {
      if (value) removeUse(value, this, index);
    });
    this.#inputs.length = 0;
  }

  /** The input at `index`. Throws ModelError if it is left out. */
  input(index: number): Value {
    const value = this.#inputs[index];
    if (!value) throw this.error(`must have input ${index}`);
    return value;
  }

  output(index = 0): Value {
    const value = this.outputs[index];
    if (!value) throw this.error(`must have output ${index}`);
    return value;
  }

  int(name: string, fallback: number): number {
    const attribute = this.attributes.get(name);
    return attribute === undefined ? fallback : Number(this.#as(name, attribute, 'int'));
  }

  float(name: string, fallback: number): number {
    const attribute = this.attributes.get(name);
    return attribute === undefined ? fallback : this.#as(name, attribute, 'float');
  }

  ints(name: string): number[] | undefined {
    const attribute = this.attributes.get(name);
    return attribute && this.#as(name, attribute, 'ints').map(Number);
  }

  string(name: string, fallback: string): string {
    const attribute = this.attributes.get(name);
    return attribute === undefined ? fallback : decoder.decode(this.#as(name, attribute, 'string'));
  }

  tensor(name: string): Tensor | undefined {
    const attribute = this.attributes.get(name);
    return attribute && this.#as(name, attribute, 'tensor');
  }

  graph(name: string): Graph | undefined {
    const attribute = this.attributes.get(name);
    return attribute && this.#as(name, attribute, 'graph');
  }

  /** All nested graphs of this node (If, Loop, Scan). */
  subgraphs(): Graph[] {
    return [...this.attributes.values()].flatMap((a) =>
      a.type === 'graph' ? [a.value] : a.type === 'graphs' ? [...a.value] : [],
    );
  }

  /** `Conv 'conv1'`: how error messages name a node. */
  get label(): string {
    return `${this.domain ? `${this.domain}.` : ''}${this.opType} '${this.name || this.outputs[0]?.name || ''}'`;
  }

  error(what: string, cause?: unknown): ModelError {
    return new ModelError(`${this.label} ${what}`, { op: this.opType, node: this.name, cause });
  }

  #as<T extends Attribute['type']>(name: string, attribute: Attribute, type: T): ValueOf<T> {
    if (attribute.type === type) return attribute.value as ValueOf<T>;
    throw this.error(`attribute '${name}' must be of type ${type}, is ${attribute.type}`);
  }
}

type ValueOf<T extends Attribute['type']> = Extract<Attribute, { type: T }>['value'];

function removeUse(value: Value, node: Node, index: number): void {
  const at = value.uses.findIndex((use) => use.node === node && use.index === index);
  if (at >= 0) value.uses.splice(at, 1);
}
