import type { Node, Value } from '../../ir/index.ts';
import { isDq, isQ } from './edges.ts';

const floatTypes = /^(b?float|double)/;

/** Operators on integers that give floats. */
const givesFloat: ReadonlySet<string> = new Set([
  ...['MatMulIntegerToFloat', 'DynamicQuantizeMatMul', 'MatMulNBits', 'DynamicQuantizeLSTM'],
]);

/** Operators that compute on 8-bit integers, or fewer bits, whatever flows into them. */
export const int8Operators =
  /^(QLinear|QGemm|QAttention|ConvInteger|MatMulInteger|MatMulNBits|DynamicQuantize|QOrdered)/;

/** True if a value of a graph that onnxruntime optimized holds integers. */
function isIntegerValue(value: Value, seen = new Set<Value>()): boolean {
  if (value.dtype) return !floatTypes.test(value.dtype);
  const { producer } = value;
  if (!producer || isDq(producer) || seen.has(value)) return false;
  seen.add(value);
  if (isQ(producer)) return true;
  if (int8Operators.test(producer.opType)) return givesInteger(producer);
  const [input] = producer.inputs;
  return input !== undefined && isIntegerValue(input, seen);
}

/** QGemm without scale and zero point of its output gives floats. */
const givesInteger = (node: Node): boolean =>
  !givesFloat.has(node.opType) && (node.opType !== 'QGemm' || (node.inputs[7]?.name ?? '') !== '');

const small = /^u?int(2|4|8|16)$/;

/** True if a node of such a graph computes on 8-bit integers, or moves them. */
export function isInt8Node(node: Node): boolean {
  if (isQ(node) || isDq(node)) return false;
  if (int8Operators.test(node.opType)) return true;
  const data = node.opType === 'Where' ? node.inputs[1] : node.inputs[0];
  if (!data) return false;
  return data.dtype ? small.test(data.dtype) : isIntegerValue(data);
}
