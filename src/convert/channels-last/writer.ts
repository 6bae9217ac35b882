import { ModelError } from '../../errors.ts';
import type { AttributeInput, DType, Shape, Tensor, TensorType, Value } from '../../ir/index.ts';
import { GraphBuilder } from '../../ir/index.ts';
import { infer, opOf } from '../../ops/index.ts';
import { inOrder } from './axes.ts';
import { type Layout, Operand } from './operand.ts';

type Attributes = Record<string, AttributeInput | undefined>;

const unknown: TensorType = { dtype: undefined, shape: undefined };

/** Writes the ONNX graph of a model whose tensors have their channels last. */
export class Writer {
  readonly g: GraphBuilder;
  /** What the user should know about the result. */
  readonly notes = new Set<string>();
  #declared: TensorType = unknown;

  constructor(name: string) {
    this.g = new GraphBuilder((node) => (opOf(node) ? infer(node) : [this.#declared]), { name });
  }

  /** A node with one output. `declared` is its type where the library cannot infer the operator's. */
  op(
    opType: string,
    inputs: readonly (Value | undefined)[],
    { attributes = {}, declared = unknown }: { attributes?: Attributes; declared?: TensorType } = {},
  ): Value {
    this.#declared = declared;
    return this.g.op(opType, inputs, attributes);
  }

  /** A one-dimensional int64 constant. Throws ModelError for what is no whole number, which sizes of a damaged file can give. */
  int64s(numbers: readonly number[]): Value {
    if (numbers.every(Number.isSafeInteger)) return this.g.int64s(numbers);
    throw new ModelError(
      `must have whole numbers as sizes and axes, has [${numbers.slice(0, 8).join(', ')}]`,
    );
  }

  /** An initializer called `name`, or `name_1`, ... if that is taken. */
  initializer(name: string, tensor: Tensor): Value {
    const { initializers, inputs } = this.g.graph;
    const taken = (candidate: string): boolean =>
      initializers.has(candidate) || inputs.some((input) => input.name === candidate);
    let free = name;
    for (let i = 1; taken(free); i++) free = `${name}_${i}`;
    return this.g.initializer(free, tensor);
  }

  /** A graph input; its dtype and shape as the source has them. */
  input(name: string, { dtype, shape, layout }: { dtype: DType; shape: Shape; layout: Layout }): Operand {
    return new Operand({ name, forms: { [layout]: this.g.input(name, dtype, inOrder(shape, layout)) } });
  }
}
