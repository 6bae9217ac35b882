import type { GraphBuilder, Node, Tensor, Value } from '../../../ir/index.ts';
import type { Rewriting } from '../../../passes/index.ts';
import { NoiseMeter } from '../../sqnr.ts';
import { type ChannelMatrix, toChannels } from '../grouped/channel-matrix.ts';
import { dequantizeGrouped, type GroupedWeight } from '../grouped/grouped-weight.ts';
import type { IntegerFormat } from '../grouped/integer-format.ts';
import { roundToNearest } from '../grouped/round-to-nearest.ts';
import type { DynamicWriter } from './rule.ts';

/** Writes the dynamic form of node after node, and keeps count of their weights. */
export class DynamicRewriter implements DynamicWriter {
  readonly builder: GraphBuilder;
  readonly perChannel: boolean;
  readonly format: IntegerFormat;
  readonly #rewriting: Rewriting;
  readonly #quantized = new Map<Value, readonly [Value, Value, Value]>();
  #meter = new NoiseMeter();
  #before = 0;
  #after = 0;

  constructor(
    rewriting: Rewriting,
    builder: GraphBuilder,
    {
      perChannel = true,
      reduceRange = false,
    }: { readonly perChannel?: boolean; readonly reduceRange?: boolean },
  ) {
    this.#rewriting = rewriting;
    this.builder = builder;
    this.perChannel = perChannel;
    this.format = { bits: 8, symmetric: true, ...(reduceRange && { reduced: true }) };
  }

  quantized(value: Value): readonly [Value, Value, Value] {
    let made = this.#quantized.get(value);
    if (!made) {
      made = this.builder.node('DynamicQuantizeLinear', [value], {}, 3) as unknown as [Value, Value, Value];
      this.#quantized.set(value, made);
    }
    return made;
  }

  weight(node: Node, index: number, axis: number | undefined): GroupedWeight {
    const { data, shape, bytes } = node.input(index).tensor!;
    const values = data as Float32Array;
    const matrix: ChannelMatrix =
      axis === undefined ? { channels: 1, inputs: values.length, values } : toChannels(values, shape, axis);
    const weight = roundToNearest(matrix, this.format);
    this.#meter.add(matrix.values, dequantizeGrouped(weight));
    this.#before += bytes.length;
    this.#after += weight.integers.length + 4 * weight.scales.length;
    return weight;
  }

  constant(base: string, tensor: Tensor): Value {
    return this.#rewriting.constant(this.#rewriting.graph, base, tensor);
  }

  /** SQNR and bytes of the weights since the last call. */
  takeFacts(): { sqnr: number; bytesBefore: number; bytesAfter: number } {
    const facts = { sqnr: this.#meter.sqnr, bytesBefore: this.#before, bytesAfter: this.#after };
    this.#meter = new NoiseMeter();
    [this.#before, this.#after] = [0, 0];
    return facts;
  }
}
