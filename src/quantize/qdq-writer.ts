import { type DType, type Graph, Node, Tensor, toAttribute, Value } from '../ir/index.ts';
import type { Affine } from './scale.ts';
import type { QuantizedConstant } from './weights.ts';

/** Scale and zero point as constants of the graph. */
export interface AffineValues {
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** Adds QuantizeLinear and DequantizeLinear to a graph. Nodes join it, in order, at `finish`. */
export class QdqWriter {
  readonly #graph: Graph;
  readonly #names: Set<string>;
  readonly #first: Node[] = [];
  readonly #after = new Map<Node, Node[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#names = new Set([...graph.values()].map((value) => value.name));
  }

  affine(base: string, { scale, zeroPoint }: Affine, dtype: DType): AffineValues {
    return {
      scale: this.#constant(`${base}_scale`, Tensor.scalar('float32', scale)),
      zeroPoint: this.#constant(`${base}_zero_point`, Tensor.scalar(dtype, zeroPoint)),
    };
  }

  /** DequantizeLinear(QuantizeLinear(value)), right after the node that makes `value`. */
  roundTrip(value: Value, affine: AffineValues): Value {
    const { name, shape, producer } = value;
    const dtype = affine.zeroPoint.dtype!;
    const list = producer ? (this.#after.get(producer) ?? []) : this.#first;
    if (producer) this.#after.set(producer, list);
    const quantized = new Value(this.uniqueName(`${name}_quantized`), { dtype, shape });
    list.push(this.#node('QuantizeLinear', [value, affine.scale, affine.zeroPoint], quantized));
    const real = new Value(this.uniqueName(`${name}_dequantized`), { dtype: 'float32', shape });
    list.push(this.#node('DequantizeLinear', [quantized, affine.scale, affine.zeroPoint], real));
    return real;
  }

  /** DequantizeLinear of a constant with zero points 0. */
  constant(base: string, { tensor, scales, axis }: QuantizedConstant): Value {
    const shape = axis === undefined ? [] : [scales.length];
    const zeros = Tensor.of(tensor.dtype, new Array<number>(scales.length).fill(0), shape);
    const scale = this.#constant(`${base}_scale`, Tensor.of('float32', scales, shape));
    const zeroPoint = this.#constant(`${base}_zero_point`, zeros);
    return this.dequantize(base, tensor, { scale, zeroPoint, axis });
  }

  dequantize(
    base: string,
    tensor: Tensor,
    affine: AffineValues & { readonly axis?: number | undefined },
  ): Value {
    const quantized = this.#constant(`${base}_quantized`, tensor);
    const type = { dtype: 'float32', shape: tensor.shape } as const;
    const real = new Value(this.uniqueName(`${base}_dequantized`), type);
    const inputs = [quantized, affine.scale, affine.zeroPoint];
    this.#first.push(this.#node('DequantizeLinear', inputs, real, affine.axis));
    return real;
  }

  uniqueName(base: string): string {
    let name = base;
    for (let i = 1; this.#names.has(name); i++) name = `${base}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** Puts the new nodes among the old ones. Constants that nothing uses any more stay: `removeUnused` takes them. */
  finish(): void {
    const { nodes } = this.#graph;
    const ordered = [...this.#first, ...nodes.flatMap((node) => [node, ...(this.#after.get(node) ?? [])])];
    nodes.length = 0;
    for (const node of ordered) nodes.push(node);
  }

  #constant(base: string, tensor: Tensor): Value {
    return this.#graph.addInitializer(new Value(this.uniqueName(base), undefined, tensor));
  }

  #node(opType: string, inputs: readonly Value[], output: Value, axis?: number): Node {
    const attributes = axis === undefined ? [] : ([['axis', toAttribute('axis', axis)]] as const);
    const name = this.uniqueName(`${output.name}_${opType}`);
    return new Node({ opType, name, inputs, outputs: [output], attributes: new Map(attributes) });
  }
}
