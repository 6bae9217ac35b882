import { type AttributeInput, toAttribute } from './attribute.ts';
import type { DType, TypedArray } from './dtype.ts';
import { Graph } from './graph.ts';
import { Node } from './node.ts';
import type { Shape } from './shape.ts';
import { Tensor } from './tensor.ts';
import { type TensorType, Value } from './value.ts';

/** Tells the types of a node's outputs from those of its inputs; `ops` has the one for all of ONNX. */
export type Infer = (node: Node) => readonly TensorType[];

/**
 * Writes a graph node by node. Values get types as they are made. Small constants are shared.
 * Names are `<prefix><opType>_<n>`; a builder of a subgraph needs a prefix that is unique in the model.
 */
export class GraphBuilder {
  readonly graph: Graph;
  readonly #infer: Infer;
  readonly #prefix: string;
  readonly #constants = new Map<string, Value>();
  #count = 0;

  constructor(infer: Infer, { name = 'graph', prefix = '', graph = new Graph(name) } = {}) {
    this.graph = graph;
    this.#infer = infer;
    this.#prefix = prefix;
  }

  input(name: string, dtype: DType, shape: Shape): Value {
    const value = new Value(name, { dtype, shape });
    this.graph.inputs.push(value);
    return value;
  }

  /** Makes `value` a graph output called `name`; adds an Identity if it already has another role. */
  output(value: Value, name = value.name): Value {
    const free = value.producer && !this.graph.outputs.includes(value);
    const out = free ? value : this.op('Identity', [value]);
    out.name = name;
    this.graph.outputs.push(out);
    return out;
  }

  initializer(name: string, tensor: Tensor): Value {
    return this.graph.addInitializer(new Value(name, undefined, tensor));
  }

  /** A constant; equal small ones are one initializer. */
  constant(dtype: DType, data: TypedArray | readonly number[], shape?: readonly number[]): Value {
    const tensor = Tensor.of(dtype, data, shape);
    if (tensor.bytes.length > 256) return this.initializer(this.uniqueName('const'), tensor);
    const key = `${dtype}[${tensor.shape}]${tensor.bytes}`;
    let value = this.#constants.get(key);
    if (!value) {
      value = this.initializer(this.uniqueName('const'), tensor);
      this.#constants.set(key, value);
    }
    return value;
  }

  /** A float32 scalar. */
  scalar(value: number): Value {
    return this.constant('float32', [value], []);
  }

  /** A one-dimensional int64 tensor, as axes, shapes and pads are. */
  int64s(values: readonly number[]): Value {
    return this.constant('int64', values);
  }

  /** Adds a node with one output and returns that. */
  op(
    opType: string,
    inputs: readonly (Value | undefined)[],
    attributes: Record<string, AttributeInput | undefined> = {},
    domain = '',
  ): Value {
    return this.node(opType, inputs, attributes, 1, domain)[0]!;
  }

  /** Adds a node with `outputCount` outputs. Throws ModelError if the inputs do not fit the operator. */
  node(
    opType: string,
    inputs: readonly (Value | undefined)[],
    attributes: Record<string, AttributeInput | undefined>,
    outputCount: number,
    domain = '',
  ): readonly Value[] {
    const name = this.uniqueName(opType);
    const outputs = Array.from({ length: outputCount }, (_, i) => new Value(i ? `${name}:${i}` : name));
    const list = new Map(
      Object.entries(attributes).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, toAttribute(key, value)] as const],
      ),
    );
    const node = new Node({ opType, domain, name, inputs, outputs, attributes: list });
    this.#infer(node).forEach((type, i) => {
      if (outputs[i]) outputs[i].type = type;
    });
    this.graph.insert(node);
    return outputs;
  }

  /** A builder of a subgraph of this graph: it may use values of this one. */
  subgraph(name: string): GraphBuilder {
    return new GraphBuilder(this.#infer, { name, prefix: `${this.uniqueName(name)}/` });
  }

  uniqueName(base: string): string {
    return `${this.#prefix}${base}_${this.#count++}`;
  }
}
