import type { Graph, Node, Tensor } from '../../ir/index.ts';
import { type Reason, reason } from '../reason.ts';
import { fixedConstant, givesGraphOutput, integerType, readers } from './edges.ts';
import type { NodeGroup } from './group.ts';

const bits: ReadonlySet<unknown> = new Set(['int2', 'uint2', 'int4', 'uint4', 'int8', 'uint8']);

const constants = reason('its weight, scale or zero point is not a constant', 'make them initializers');
const granularity = reason(
  'its weight has neither one scale, nor one for each column, nor blocks along axis 0 of 16 or a larger power of 2',
  'quantize the weight with one scale for each column (axis 1)',
);

/**
 * Why a product with a quantized weight and a float input does not become MatMulNBits; undefined if it does.
 * Source: DQMatMulNodeGroupSelector of onnxruntime.
 */
export function matMulNBitsReason({ graph, shared, node, dqs, qs }: NodeGroup): Reason | undefined {
  const dq = node.inputs[1]?.producer;
  const bias = dqs.find((other) => other !== dq);
  if (!dq || !dqs.includes(dq) || dqs.length > (bias && node.inputs[2]?.producer === bias ? 2 : 1))
    return reason('its weight alone must be quantized', 'leave its other input float');
  if (qs.length > 0)
    return reason('its output is quantized and its input is not', 'quantize both, or neither');
  if (readers(dq).length !== 1 || givesGraphOutput(dq, graph))
    return reason('the DequantizeLinear of its weight has other readers', 'give each reader its own');
  if (shared.has(dq.input(1)))
    return reason(
      'other nodes use the scale of its weight as well, or one of the same value, and onnxruntime merges equal constants',
      'give it a scale of its own value, or one for each column',
    );
  return attributes(node, dq, graph) ?? weightReason(dq, graph);
}

/** A Gemm must be a product as MatMul computes it, with a bias of one number a column. */
function attributes(node: Node, dq: Node, graph: Graph): Reason | undefined {
  if (node.opType !== 'Gemm') return undefined;
  const plain = node.float('alpha', 1) === 1 && node.int('transA', 0) === 0 && node.int('transB', 0) === 0;
  if (!plain) return reason('it scales or transposes', 'transpose its weight beforehand');
  const bias = node.inputs[2];
  if (!bias) return undefined;
  const columns = fixedConstant(dq.inputs[0], graph)?.shape[1];
  const fits = node.float('beta', 1) === 1 && bias.shape?.length === 1 && bias.shape[0] === columns;
  return fits
    ? undefined
    : reason('its bias is not one number a column', 'write the bias with one number a column');
}

function weightReason(dq: Node, graph: Graph): Reason | undefined {
  const [weight, scale, zero] = [0, 1, 2].map((index) => fixedConstant(dq.inputs[index], graph));
  if (!weight || !scale || (dq.inputs[2] && !zero)) return constants;
  const type = integerType(dq);
  if (!bits.has(type)) return reason(`its weight is ${type}`, 'quantize the weight to 8 bits or fewer');
  const fits =
    dq.int('block_size', 0) > 0 ? fitsBlocks(dq, [weight, scale]) : fitsTensor(dq, weight, [scale, zero]);
  return weight.shape.length === 2 && fits ? undefined : granularity;
}

function fitsBlocks(dq: Node, [weight, scale]: readonly [Tensor, Tensor]): boolean {
  const block = dq.int('block_size', 0);
  if (dq.int('axis', 1) !== 0 || block < 16 || (block & (block - 1)) !== 0) return false;
  const [rows, columns] = weight.shape;
  return (
    scale.shape.length === 2 && scale.shape[0] === Math.ceil(rows! / block) && scale.shape[1] === columns
  );
}

function fitsTensor(dq: Node, weight: Tensor, parameters: readonly (Tensor | undefined)[]): boolean {
  const [scale, zero] = parameters;
  const rank = scale!.shape.length;
  if (zero && zero.shape.length !== rank) return false;
  return rank === 0 || (rank === 1 && scale!.shape[0] === weight.shape[1] && dq.int('axis', 1) === 1);
}
