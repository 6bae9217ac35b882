import { dequantizeLinear as standard } from '../dequantize-linear.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** DequantizeLinear as onnxruntime had it for 16 and 4 bits before ONNX did. */
export const dequantizeLinear: Op = { ...standard, type: 'DequantizeLinear', domain: microsoft };
