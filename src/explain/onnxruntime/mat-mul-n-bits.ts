import { type Reason, reason } from '../reason.ts';
import { fixedConstant, givesGraphOutput, integerType, readers } from './edges.ts';
import type { NodeGroup } from './group.ts';

const weightOnly = 'quantize the weight in blocks along axis 0, of 16 or a larger power of 2';

/**
 * Why a product with a quantized weight alone does not become MatMulNBits; undefined if it does.
 * Source: DQMatMulNodeGroupSelector of onnxruntime.
 */
export function matMulNBitsReason({ graph, node, dqs, qs }: NodeGroup): Reason | undefined {
  const [dq, more] = dqs;
  if (!dq || more || node.inputs[1]?.producer !== dq)
    return reason('its weight alone must be quantized', 'leave its other input float');
  if (qs.length > 0)
    return reason('its output is quantized and its input is not', 'quantize both, or neither');
  if (readers(dq).length !== 1 || givesGraphOutput(dq, graph))
    return reason('the DequantizeLinear of its weight has other readers', 'give each reader its own');
  const [weight, scale] = [fixedConstant(dq.inputs[0], graph), fixedConstant(dq.inputs[1], graph)];
  const zero = dq.inputs[2];
  if (!weight || !scale || (zero && !fixedConstant(zero, graph)))
    return reason('its weight, scale or zero point is not a constant', 'make them initializers');
  const type = integerType(dq);
  if (type !== 'int4' && type !== 'uint4')
    return reason(`its weight is ${type}, without 4-bit blocks`, weightOnly);
  const block = dq.int('block_size', 0);
  const blocked = block >= 16 && (block & (block - 1)) === 0 && dq.int('axis', 1) === 0;
  return blocked && weight.shape.length === 2 && scale.shape.length === 2
    ? undefined
    : reason('its weight is not in blocks that MatMulNBits takes', weightOnly);
}
