import type { DType } from './dtype.ts';
import type { Node } from './node.ts';
import { formatShape, type Shape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** What is known of a tensor's type; an undefined shape means that not even the rank is known. */
export interface TensorType {
  readonly dtype: DType | undefined;
  readonly shape: Shape | undefined;
}

/** One place where a value goes in: input `index` of `node`. */
export interface Use {
  readonly node: Node;
  readonly index: number;
}

/** An edge of the graph. It has a producer, or is a graph input, or holds a constant tensor (an initializer). */
export class Value {
  name: string;
  type: TensorType | undefined;
  /** The node that makes it; undefined for graph inputs and initializers. */
  producer: Node | undefined;
  /** Constant data: set for initializers only. */
  tensor: Tensor | undefined;
  /** Kept up to date by Node; includes uses in nested subgraphs. */
  readonly uses: Use[] = [];
  docString = '';
  readonly metadata = new Map<string, string>();
  /** What a codec read and does not understand; the codec writes it back. */
  foreign: unknown;

  constructor(name: string, type?: TensorType, tensor?: Tensor) {
    this.name = name;
    this.type = type ?? (tensor && { dtype: tensor.dtype, shape: tensor.shape });
    this.tensor = tensor;
  }

  get dtype(): DType | undefined {
    return this.type?.dtype;
  }

  get shape(): Shape | undefined {
    return this.type?.shape;
  }

  toString(): string {
    return `${this.name}: ${this.dtype ?? '?'}${formatShape(this.shape)}`;
  }
}
