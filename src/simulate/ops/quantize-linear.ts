import { Tensor } from '../../ir/index.ts';
import type { SimulatedOp } from '../kernel.ts';
import { emptyLike, isFixed, quantizationOf } from '../quantization.ts';

/** float32 to 8 bits with one scale. Others are left to onnxruntime. */
export const quantizeLinear: SimulatedOp = {
  type: 'QuantizeLinear',
  prepare(node, { arithmetic }) {
    const [, scale, zeroPoint] = node.inputs;
    if (!zeroPoint || !isFixed(scale) || !isFixed(zeroPoint) || scale?.tensor?.size !== 1) return undefined;
    if (scale.dtype !== 'float32' || !['uint8', 'int8'].includes(zeroPoint.dtype!)) return undefined;
    const output = quantizationOf(node, 1, 2);
    const toByte = arithmetic.quantizer(output);
    return ([x]) => {
      const { tensor, data } = emptyLike(output, x!.shape);
      const reals = x!.data as Float32Array;
      for (let i = 0; i < data.length; i++) data[i] = toByte(reals[i]!);
      return tensor;
    };
  },
};

/** 8 bits to float32 with one scale. Others are left to onnxruntime. */
export const dequantizeLinear: SimulatedOp = {
  type: 'DequantizeLinear',
  prepare(node) {
    const [x, scale, zeroPoint] = node.inputs;
    if (x?.tensor || !zeroPoint || !isFixed(scale) || !isFixed(zeroPoint) || scale?.tensor?.size !== 1)
      return undefined;
    if (scale.dtype !== 'float32' || !['uint8', 'int8'].includes(zeroPoint.dtype!)) return undefined;
    const input = quantizationOf(node, 1, 2);
    const reals = Float32Array.from(
      { length: 256 },
      (_, i) => (input.min + i - input.zeroPoint) * input.scale,
    );
    return ([q]) => {
      const bytes = q!.data as Uint8Array;
      const out = new Float32Array(bytes.length);
      for (let i = 0; i < out.length; i++) out[i] = reals[bytes[i]! - input.min]!;
      return Tensor.of('float32', out, q!.shape);
    };
  },
};
