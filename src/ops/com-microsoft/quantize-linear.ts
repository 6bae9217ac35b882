import type { Op } from '../op.ts';
import { quantizeLinear as standard } from '../quantize-linear.ts';
import { microsoft } from './domain.ts';

/** QuantizeLinear as onnxruntime had it for 16 and 4 bits before ONNX did. */
export const quantizeLinear: Op = { ...standard, type: 'QuantizeLinear', domain: microsoft };
