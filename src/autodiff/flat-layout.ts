import { type GraphBuilder, product, Tensor, type Value } from '../ir/index.ts';
import { reshape } from '../ops/sum-to.ts';

/** Where each of a list of float32 tensors lies in one flat vector. One vector is much cheaper to carry than many. */
export class FlatLayout {
  readonly slots: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly size: number;
  }[];
  /** Elements of the flat vector. */
  readonly size: number;

  constructor(values: readonly { name: string; shape: readonly number[] }[]) {
    this.slots = values.map(({ name, shape }) => ({ name, shape, size: product(shape) }));
    this.size = this.slots.reduce((sum, slot) => sum + slot.size, 0);
  }

  /** One float32 [size] tensor from the tensors by name. */
  pack(tensors: ReadonlyMap<string, Tensor>): Tensor {
    const flat = new Float32Array(this.size);
    let offset = 0;
    for (const { name, size } of this.slots) {
      const tensor = tensors.get(name);
      if (tensor) flat.set(tensor.data as Float32Array, offset);
      offset += size;
    }
    return Tensor.of('float32', flat);
  }

  /** One float32 [size] tensor of 0 and 1 from masks by name; 1 for what has none. */
  packMasks(masks: ReadonlyMap<string, Uint8Array>): Tensor {
    const flat = new Float32Array(this.size).fill(1);
    let offset = 0;
    for (const { name, size } of this.slots) {
      const mask = masks.get(name);
      if (mask) flat.set(mask, offset);
      offset += size;
    }
    return Tensor.of('float32', flat);
  }

  /** Copies out each tensor by name. */
  unpack(flat: Tensor): Map<string, Tensor> {
    const data = flat.data as Float32Array;
    let offset = 0;
    return new Map(
      this.slots.map(({ name, shape, size }) => {
        const tensor = Tensor.of('float32', data.slice(offset, offset + size), shape);
        offset += size;
        return [name, tensor];
      }),
    );
  }

  /** Writes the nodes that cut a flat vector into the shaped values, in order. */
  split(g: GraphBuilder, flat: Value): Value[] {
    const sizes = g.int64s(this.slots.map((slot) => slot.size));
    const parts = g.node('Split', [flat, sizes], { axis: 0 }, this.slots.length);
    return parts.map((part, i) => reshape(g, part, this.slots[i]!.shape));
  }

  /** Writes the nodes that join values, in the order of the slots, into a flat vector. */
  join(g: GraphBuilder, values: readonly Value[]): Value {
    const flat = values.map((value, i) => reshape(g, value, [this.slots[i]!.size]));
    return flat.length === 1 ? flat[0]! : g.op('Concat', flat, { axis: 0 });
  }
}
