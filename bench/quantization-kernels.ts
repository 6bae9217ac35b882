/** Whether a quantized file is one: how many of its layers onnxruntime computes with integers. */
import { readFileSync } from 'node:fs';
import { readModel } from '../src/onnx/index.ts';
import { optimizedByOnnxruntime } from '../src/runtime/index.ts';

/** Convolutions and matrix products after onnxruntime's fusions. */
export interface Layers {
  readonly integer: number;
  readonly all: number;
}

const float = new Set([
  ...['Conv', 'FusedConv', 'ConvTranspose', 'Gemm', 'FusedGemm', 'MatMul', 'FusedMatMul'],
  ...['TransposeMatMul', 'Attention', 'MultiHeadAttention'],
]);
const integer = new Set([
  ...['QLinearConv', 'QGemm', 'QLinearMatMul', 'MatMulIntegerToFloat', 'DynamicQuantizeMatMul'],
  ...['ConvInteger', 'MatMulInteger', 'QAttention'],
]);

/** Counts the layers of a file as the session of this machine has them, before layouts change. */
export async function layersOf(file: string): Promise<Layers> {
  const bytes = await optimizedByOnnxruntime(readFileSync(file), 'extended');
  const { nodes } = readModel(bytes).graph;
  const count = (ops: ReadonlySet<string>) => nodes.filter(({ opType }) => ops.has(opType)).length;
  const integers = count(integer);
  return { integer: integers, all: integers + count(float) };
}
