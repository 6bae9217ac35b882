import { Model, type Node, Tensor } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { createBuilder } from '../../ops/index.ts';
import { InferenceSession } from '../../runtime/index.ts';
import type { Kernel, SimulatedOp } from '../kernel.ts';
import { bytesOf, emptyLike, isFixed, type Quantization, quantizationOf } from '../quantization.ts';
import { clamp, halfToEven } from '../rounding.ts';

/** com.microsoft: a table of 256 integers, made of the float32 operator; x, scale, zero point, output's scale, zero point. */
export const qLinearSigmoid: SimulatedOp = {
  type: 'QLinearSigmoid',
  prepare: (node) => lookup(node, sigmoid),
};

/** com.microsoft: the same; a float32 product where x is negative. */
export const qLinearLeakyRelu: SimulatedOp = {
  type: 'QLinearLeakyRelu',
  prepare: (node) => {
    const alpha = Math.fround(node.float('alpha', 0.01));
    return lookup(node, async (x) => x.map((value) => (value >= 0 ? value : alpha * value)));
  },
};

/** A function of float32 numbers. */
type Real = (x: Float32Array) => Promise<Float32Array>;

async function lookup(node: Node, real: Real): Promise<Kernel | undefined> {
  if (![1, 2, 3, 4].every((index) => isFixed(node.inputs[index]))) return undefined;
  const [input, output] = [quantizationOf(node, 1, 2), quantizationOf(node, 3, 4)];
  const table = await tableOf(input, output, real);
  return ([x]) => {
    const { tensor, data } = emptyLike(output, x!.shape);
    const bytes = bytesOf(x!);
    for (let i = 0; i < data.length; i++) data[i] = table[bytes[i]! - input.min]!;
    return tensor;
  };
}

async function tableOf(input: Quantization, output: Quantization, real: Real): Promise<Int16Array> {
  const x = Float32Array.from({ length: 256 }, (_, i) => input.scale * (input.min + i - input.zeroPoint));
  // In the kernel's order, that of the unsigned byte: its vectors may round an element by its place.
  const order = Int32Array.from({ length: 256 }, (_, i) => (i - input.min + 256) % 256);
  const y = await real(x.map((_, i) => x[order[i]!]!));
  const table = new Int16Array(256);
  const [low, high] = [output.min - output.zeroPoint, output.max - output.zeroPoint];
  order.forEach((at, i) => {
    table[at] = halfToEven(clamp(Math.fround(y[i]! / output.scale), low, high)) + output.zeroPoint;
  });
  return table;
}

/** onnxruntime's own float32 Sigmoid: an approximation whose bits no formula gives. */
async function sigmoid(x: Float32Array): Promise<Float32Array> {
  const b = createBuilder();
  b.output(b.op('Sigmoid', [b.input('x', 'float32', [x.length])]), 'y');
  const session = await InferenceSession.create(writeModel(new Model(b.graph)));
  try {
    return (await session.run({ x: Tensor.of('float32', x) })).y!.data as Float32Array;
  } finally {
    await session.release();
  }
}
