import { Tensor, type Value } from '../../../ir/index.ts';
import { constantOf } from '../../../ops/index.ts';
import { integerTensor } from '../grouped/pack.ts';
import type { DynamicRule, DynamicWriter } from './rule.ts';

/** ConvInteger, Cast, Mul, and Add of the bias. onnxruntime 1.27 fuses none of it. */
export const conv: DynamicRule = {
  opType: 'Conv',
  weights: [1],
  obstacle: () => undefined,
  write(node, writer) {
    const { builder, perChannel } = writer;
    const [integers, scale, zeroPoint] = writer.quantized(node.input(0));
    const { name, shape } = node.input(1);
    const kernel = shape as readonly number[];
    const weight = writer.weight(node, 1, perChannel ? 0 : undefined);
    const w = writer.constant(`${name}_quantized`, integerTensor('int8', weight.integers, kernel));
    const sum = builder.op('ConvInteger', [integers, w, zeroPoint], Object.fromEntries(node.attributes));
    const along = [kernel[0]!, ...kernel.slice(2).map(() => 1)];
    const scaleShape = perChannel ? along : [];
    const scales = writer.constant(`${name}_scale`, Tensor.of('float32', weight.scales, scaleShape));
    const real = builder.op('Cast', [sum], { to: 1 });
    const y = builder.op('Mul', [real, builder.op('Mul', [scale, scales])]);
    const bias = node.inputs[2] && alongChannels(node.inputs[2], along, writer);
    const added = bias ? builder.op('Add', [y, bias]) : y;
    return { outputs: [added], form: 'DynamicQuantizeLinear, ConvInteger' };
  },
};

function alongChannels(bias: Value, shape: readonly number[], writer: DynamicWriter): Value {
  const tensor = constantOf(bias);
  if (!tensor) return writer.builder.op('Reshape', [bias, writer.builder.int64s(shape)]);
  return writer.constant(bias.name, Tensor.of('float32', tensor.data, shape));
}
