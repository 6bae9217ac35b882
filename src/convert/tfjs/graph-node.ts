import { ModelError } from '../../errors.ts';
import type { Operand, Writer } from '../channels-last/index.ts';
import type { Json } from '../json.ts';
import { Attributes } from './attributes.ts';

/** A node of a tfjs graph model. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `node` or `node:output`; control dependencies are left out. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
}

export function readNode(json: Json): GraphNode {
  const inputs =
    json
      .optional('input')
      ?.list()
      .map((input) => input.text()) ?? [];
  return {
    name: json.get('name').name(),
    op: json.get('op').text(),
    inputs: inputs.filter((input) => !input.startsWith('^')),
    attributes: new Attributes(json.optional('attr'), json.where),
  };
}

/** `a:1` is output 1 of node a, `a` its output 0. */
export function splitReference(reference: string): { name: string; index: number } {
  const match = /^(.*):(\d+)$/.exec(reference);
  return match ? { name: match[1]!, index: Number(match[2]) } : { name: reference, index: 0 };
}

/** One call of an operator: what a mapping reads and writes with. */
export class Call {
  readonly w: Writer;
  readonly node: GraphNode;
  readonly inputs: readonly Operand[];

  constructor(w: Writer, node: GraphNode, inputs: readonly Operand[]) {
    this.w = w;
    this.node = node;
    this.inputs = inputs;
  }

  get attributes(): Attributes {
    return this.node.attributes;
  }

  /** Throws ModelError if there are fewer inputs. */
  input(index: number): Operand {
    const input = this.inputs[index];
    if (input) return input;
    throw new ModelError(`must have input ${index}, has ${this.inputs.length} inputs`);
  }

  /** The first two inputs. */
  pair(): [Operand, Operand] {
    return [this.input(0), this.input(1)];
  }
}

/** Writes what one operator does. Errors need not name the node: the reader adds it. */
export type Mapping = (call: Call) => Operand | readonly Operand[];
export type OpTable = Readonly<Record<string, Mapping>>;
