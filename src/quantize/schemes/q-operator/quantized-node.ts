import type { Graph, Node, Value } from '../../../ir/index.ts';
import { constantOf } from '../../../ops/index.ts';
import { activationRanges, quantize as quantizeNumber } from '../../scale.ts';

/** What stands for a real tensor: integers with their scale and zero point. */
export interface QuantizedValue {
  readonly integers: Value;
  readonly scale: Value;
  /** Undefined: 0. */
  readonly zeroPoint: Value | undefined;
}

/** A float node between DequantizeLinear and QuantizeLinear. */
export interface QuantizedNode {
  readonly node: Node;
  /** By input; undefined where an input is left out or not float. */
  readonly inputs: readonly (QuantizedValue | undefined)[];
  /** The QuantizeLinear behind each output. */
  readonly ends: readonly Node[];
  /** Relu or Clip between them that QuantizeLinear makes redundant. */
  readonly clips: readonly Node[];
}

const isPlain = (node: Node, opType: string): boolean =>
  node.domain === '' && node.opType === opType && node.int('block_size', 0) === 0;

/** What QuantizeLinear or DequantizeLinear takes as scale and zero point. */
const quantizedBy = (node: Node, integers: Value): QuantizedValue => ({
  integers,
  scale: node.input(1),
  zeroPoint: node.inputs[2],
});

/** The node with what stands around it, or why it is not surrounded, in words. `floats`: inputs that must be quantized. */
export function surrounded(
  node: Node,
  graph: Graph,
  floats: (index: number) => boolean,
): QuantizedNode | string {
  const inputs: (QuantizedValue | undefined)[] = [];
  for (const [index, value] of node.inputs.entries()) {
    const producer = value?.producer;
    if (!value || !floats(index)) inputs.push(undefined);
    else if (producer && isPlain(producer, 'DequantizeLinear'))
      inputs.push(quantizedBy(producer, producer.input(0)));
    else return `its input '${value.name}' has no DequantizeLinear of its own`;
  }
  const ends: Node[] = [];
  const clips: Node[] = [];
  for (const output of node.outputs.filter(({ name }) => name)) {
    const end = endOf(output, graph);
    if (typeof end === 'string') return end;
    ends.push(end.quantize);
    if (end.clip) clips.push(end.clip);
  }
  return { node, inputs, ends, clips };
}

function endOf(output: Value, graph: Graph): { quantize: Node; clip?: Node } | string {
  if (graph.outputs.includes(output)) return 'its output is one of the model, in float';
  const [use, ...more] = output.uses;
  if (!use) return 'nothing reads its output';
  if (more.length > 0) return `its output has ${more.length + 1} readers, which must be one QuantizeLinear`;
  if (isPlain(use.node, 'QuantizeLinear')) return { quantize: use.node };
  if (use.node.opType !== 'Relu' && use.node.opType !== 'Clip')
    return `${use.node.label} reads its output in float`;
  const behind = endOf(use.node.output(), graph);
  if (typeof behind === 'string' || behind.clip) return `${use.node.label} behind it has no QuantizeLinear`;
  if (!isRedundant(use.node, behind.quantize))
    return `QuantizeLinear does not do the work of ${use.node.label} behind it`;
  return { quantize: behind.quantize, clip: use.node };
}

const isPerTensor = (value: Value): boolean => constantOf(value)?.size === 1;

/** Whether the bounds become the smallest and the largest integer, as onnxruntime asks. */
function isRedundant(clip: Node, quantize: Node): boolean {
  const [, scale, zeroPoint] = quantize.inputs;
  const dtype = quantize.output().dtype;
  if (!isPerTensor(scale!) || (zeroPoint && !isPerTensor(zeroPoint))) return false;
  if (dtype !== 'uint8' && dtype !== 'int8') return false;
  const affine = { scale: numberOf(scale), zeroPoint: zeroPoint ? numberOf(zeroPoint) : 0 };
  const integers = activationRanges[dtype];
  const [low, high] = clip.opType === 'Relu' ? [0, Infinity] : [1, 2].map((index) => boundOf(clip, index));
  return (
    quantizeNumber(low!, affine, integers) === integers.min &&
    quantizeNumber(high!, affine, integers) === integers.max
  );
}

/** A bound of Clip; NaN, which no integer equals, if it is computed. */
function boundOf(clip: Node, index: number): number {
  const bound = clip.inputs[index];
  if (bound) return numberOf(bound);
  return index === 1 ? -Infinity : Infinity;
}

const numberOf = (value: Value | undefined): number => constantOf(value)?.toNumbers()[0] ?? Number.NaN;
