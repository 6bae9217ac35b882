import type { GraphBuilder, Node, Tensor, Value } from '../../../ir/index.ts';
import type { GroupedWeight } from '../grouped/grouped-weight.ts';
import type { IntegerFormat } from '../grouped/integer-format.ts';

/** How one operator computes with integers whose activations get their scale at run time. */
export interface DynamicRule {
  readonly opType: string;
  /** Inputs that hold its weights. */
  readonly weights: readonly number[];
  /** Why a node with constant float32 weights cannot; undefined if it can. */
  obstacle(node: Node): string | undefined;
  /** Writes the node anew and returns what gives its outputs, in order. */
  write(node: Node, writer: DynamicWriter): { readonly outputs: readonly Value[]; readonly form: string };
}

/** What rules write with. */
export interface DynamicWriter {
  readonly builder: GraphBuilder;
  /** A scale for each channel where kernels take that. */
  readonly perChannel: boolean;
  readonly format: IntegerFormat;
  /** The integers of an activation, its scale and its zero point; one DynamicQuantizeLinear for all readers. */
  quantized(value: Value): readonly [integers: Value, scale: Value, zeroPoint: Value];
  /** Integers of a weight with channels along `axis`, or with one scale for all if that is undefined. Noted in the report. */
  weight(node: Node, index: number, axis: number | undefined): GroupedWeight;
  /** A new constant with a name like `base`. */
  constant(base: string, tensor: Tensor): Value;
}
