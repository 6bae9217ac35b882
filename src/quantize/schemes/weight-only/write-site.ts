import type { GraphBuilder, Node, Value } from '../../../ir/index.ts';
import type { Rewriting } from '../../../passes/index.ts';
import { replaceValue } from '../../../passes/replace.ts';
import { toChannels } from '../grouped/channel-matrix.ts';
import type { GroupedWeight } from '../grouped/grouped-weight.ts';
import type { IntegerFormat } from '../grouped/integer-format.ts';
import { dequantizeLinear, folded, type WeightWriter } from './dequantized.ts';
import { matMulNBits } from './n-bits.ts';
import type { WeightOnlyPlan } from './options.ts';
import { gatherBlockQuantized, gatherRows } from './table.ts';
import type { WeightSite } from './weight-site.ts';

/** The graph that weights are written into. */
export interface SitePlace {
  readonly rewriting: Rewriting;
  readonly builder: GraphBuilder;
  readonly plan: WeightOnlyPlan;
}

/**
 * The inputs of a channel share scales in groups only where kernels know them: in products and tables. MatMulNBits takes
 * negative scales.
 */
export const formatOf = ({ kind }: WeightSite, { format, form }: WeightOnlyPlan): IntegerFormat => {
  const isNBits = form === 'matmul-nbits';
  if (kind === 'matrix') return { ...format, signedScale: isNBits };
  return kind === 'table' && isNBits ? format : { ...format, group: undefined };
};

/** Puts a quantized weight in the place of the float one. Returns what stands there now, in words. */
export function writeSite(site: WeightSite, weight: GroupedWeight, place: SitePlace): string {
  const { node, kind } = site;
  const { form } = place.plan;
  const writer = writerOf(site, place);
  if (kind === 'matrix' && form === 'matmul-nbits') {
    takeOver(place, node, productOf(writer, site, weight, place));
    return 'MatMulNBits';
  }
  if (kind === 'table' && form === 'matmul-nbits') {
    takeOver(place, node, gatherBlockQuantized(writer, weight, node.input(1)));
    return 'GatherBlockQuantized';
  }
  if (kind === 'table' && weight.format.bits === 8) {
    takeOver(place, node, gatherRows(writer, weight, node.input(1)));
    return 'Gather of integers';
  }
  if (kind === 'matrix') return writeMatrix(writer, site, weight);
  const layout = { shape: site.tensor.shape, axis: site.axis };
  const write = place.plan.storage === 'folded' ? folded : dequantizeLinear;
  node.setInput(site.index, write(writer, weight, layout));
  return place.plan.storage === 'folded' ? 'integers, Cast, Mul' : 'DequantizeLinear';
}

const writerOf = ({ node, index }: WeightSite, { rewriting, builder }: SitePlace): WeightWriter => ({
  builder,
  base: node.input(index).name,
  constant: (base, tensor) => rewriting.constant(rewriting.graph, base, tensor),
});

/** onnxruntime fuses DequantizeLinear of a matrix [inputs, channels] only: one that is transposed turns round. */
function writeMatrix(writer: WeightWriter, site: WeightSite, weight: GroupedWeight): string {
  const { node, index } = site;
  node.attributes.delete('transB');
  const shape = [weight.inputs, weight.channels];
  node.setInput(index, dequantizeLinear(writer, weight, { shape, axis: 1 }));
  return 'DequantizeLinear';
}

/** The product with its bias, which is an input if it has one number a channel. */
function productOf(
  writer: WeightWriter,
  { node }: WeightSite,
  weight: GroupedWeight,
  place: SitePlace,
): Value {
  const bias = node.opType === 'Gemm' ? node.inputs[2] : undefined;
  const isVector = bias?.shape?.length === 1 && bias.shape[0] === weight.channels;
  const { accuracyLevel } = place.plan;
  const x = node.input(0);
  const y = matMulNBits(writer, weight, { x, bias: isVector ? bias : undefined, accuracyLevel });
  return bias && !isVector ? writer.builder.op('Add', [y, bias]) : y;
}

function takeOver({ rewriting }: SitePlace, node: Node, value: Value): void {
  replaceValue(rewriting.graph, node.output(), value);
  rewriting.graph.remove(node);
}

/** The float weight as rows of channels. */
export const matrixOf = ({ tensor, axis }: WeightSite) =>
  toChannels(tensor.data as Float32Array, tensor.shape, axis);

/** Bytes of a weight in a file: integers, scales, zero points. */
export function bytesOf({ format, integers, scales, zeroPoints }: GroupedWeight): number {
  const bits = format.bits === 8 ? 8 : 4;
  const numbers = integers.length + (format.symmetric ? 0 : zeroPoints.length);
  return Math.ceil((numbers * bits) / 8) + 4 * scales.length;
}
