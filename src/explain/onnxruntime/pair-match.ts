import type { Graph, Node } from '../../ir/index.ts';
import { type Reason, reason } from '../reason.ts';
import { fixedConstant, isScalar, numberIn } from './edges.ts';

/** Why a QuantizeLinear does not undo a DequantizeLinear, for an operator that only moves bytes between them. */
export function pairMismatch(q: Node, dq: Node, graph: Graph): Reason | undefined {
  const parameters = [q, dq].flatMap((node) => [node.inputs[1], node.inputs[2]]);
  if (parameters.some((value) => !value))
    return reason(
      'its QuantizeLinear or DequantizeLinear has no zero point',
      'write the zero point, also if it is 0',
    );
  const tensors = parameters.map((value) => fixedConstant(value, graph));
  if (tensors.some((tensor) => !tensor))
    return reason(
      'scale or zero point of its input or output is not a constant',
      'make scales and zero points initializers that are no inputs of the graph',
    );
  const [qScale, qZero, dqScale, dqZero] = tensors.map((tensor) => tensor!);
  if (!tensors.every((tensor) => isScalar(tensor!)))
    return reason('its input or output has a scale per channel', 'quantize activations with one scale');
  if (qZero!.dtype !== dqZero!.dtype || qZero!.dtype === undefined)
    return reason(
      `its input is ${dqZero!.dtype} and its output ${qZero!.dtype}`,
      'quantize both in the same type',
    );
  if (numberIn(qScale!) !== numberIn(dqScale!) || numberIn(qZero!) !== numberIn(dqZero!))
    return reason(
      'scale or zero point of its input and output differ, and it moves bytes without rescaling them',
      'give its output the scale and zero point of its input',
    );
  return undefined;
}
