import { type DType, type Graph, Node, Tensor, toAttribute, Value } from '../ir/index.ts';
import type { WeightEncoding } from './encodings.ts';
import { type Affine, activationRanges } from './scale.ts';
import type { QuantizedConstant } from './weights.ts';

/** Scale and zero point as constants of the graph. */
export interface AffineValues {
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** Real numbers that a value is limited to. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
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

  /**
   * DequantizeLinear(QuantizeLinear(value)), right after the node that makes `value`. With `bounds` a Clip to these
   * real numbers comes first.
   */
  roundTrip(value: Value, affine: AffineValues, bounds?: Bounds): Value {
    const list = this.#listAfter(value);
    const clipped = bounds ? this.#clip(list, value, bounds) : value;
    return this.#pair(list, clipped, { ...affine, base: value.name });
  }

  /** A float weight that takes the values of its integers: limited to them, QuantizeLinear, DequantizeLinear. */
  fakeQuantize(value: Value, { weight, integers }: WeightEncoding): Value {
    const { scales, axis, tensor } = weight;
    const values = this.#scales(value.name, weight);
    const list = this.#first;
    const dtype = activationRanges.int8;
    if (integers.min === dtype.min && integers.max === dtype.max)
      return this.#pair(list, value, { ...values, base: value.name, axis });
    const shape = axis === undefined ? [] : tensor.shape.map((size, i) => (i === axis ? size : 1));
    const limit = (opType: string, input: Value, integer: number) => {
      const bound = Tensor.of(
        'float32',
        Array.from(scales, (scale) => scale * integer),
        shape,
      );
      const { name } = value;
      const output = new Value(this.uniqueName(`${name}_${opType.toLowerCase()}`), value.type);
      list.push(this.#node(opType, [input, this.float(`${name}_${integer}`, bound)], output));
      return output;
    };
    const limited = limit('Min', limit('Max', value, integers.min), integers.max);
    return this.#pair(list, limited, { ...values, base: value.name, axis });
  }

  /** DequantizeLinear of a constant with zero points 0. */
  constant(base: string, constant: QuantizedConstant): Value {
    const { tensor, axis } = constant;
    return this.dequantize(base, tensor, { ...this.#scales(base, constant), axis });
  }

  /** A constant as it is. */
  float(base: string, tensor: Tensor): Value {
    return this.#constant(base, tensor);
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

  #scales(base: string, { tensor, scales, axis }: QuantizedConstant): AffineValues {
    const shape = axis === undefined ? [] : [scales.length];
    const zeros = Tensor.of(tensor.dtype, new Array<number>(scales.length).fill(0), shape);
    return {
      scale: this.#constant(`${base}_scale`, Tensor.of('float32', scales, shape)),
      zeroPoint: this.#constant(`${base}_zero_point`, zeros),
    };
  }

  #listAfter({ producer }: Value): Node[] {
    if (!producer) return this.#first;
    const list = this.#after.get(producer) ?? [];
    this.#after.set(producer, list);
    return list;
  }

  #clip(list: Node[], value: Value, { min, max }: Bounds): Value {
    const bound = (side: string, number: number) =>
      this.#constant(`${value.name}_${side}`, Tensor.scalar('float32', number));
    const clipped = new Value(this.uniqueName(`${value.name}_clipped`), value.type);
    list.push(this.#node('Clip', [value, bound('min', min), bound('max', max)], clipped));
    return clipped;
  }

  #pair(
    list: Node[],
    value: Value,
    {
      scale,
      zeroPoint,
      base,
      axis,
    }: AffineValues & { readonly base: string; readonly axis?: number | undefined },
  ): Value {
    const { shape } = value;
    const quantized = new Value(this.uniqueName(`${base}_quantized`), { dtype: zeroPoint.dtype!, shape });
    list.push(this.#node('QuantizeLinear', [value, scale, zeroPoint], quantized, axis));
    const real = new Value(this.uniqueName(`${base}_dequantized`), { dtype: 'float32', shape });
    list.push(this.#node('DequantizeLinear', [quantized, scale, zeroPoint], real, axis));
    return real;
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
