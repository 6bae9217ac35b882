import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { type GraphBuilder, Model, product, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';
import { type Feeds, InferenceSession } from '../../../src/runtime/index.ts';

/** A builder with random constants. */
export interface TestBuilder {
  readonly b: GraphBuilder;
  weight(name: string, shape: number[], spread?: number): Value;
}

/** The model that `write` writes. */
export function build(write: (t: TestBuilder) => void): Model {
  const b = createBuilder({ name: 'test' });
  const { normal } = random(3);
  const weight = (name: string, shape: number[], spread = 0.3) => {
    const data = Float32Array.from({ length: product(shape) }, () => normal() * spread);
    return b.initializer(name, Tensor.of('float32', data, shape));
  };
  write({ b, weight });
  return new Model(b.graph);
}

/** Conv-activation-pool twice, then two Gemms: x [N, 1, 12, 12] to scores [N, 10]. */
export const lenet = (activation: 'Relu' | 'Clip' = 'Relu'): Model =>
  build(({ b, weight }) => {
    const act = (x: Value) =>
      activation === 'Relu' ? b.op('Relu', [x]) : b.op('Clip', [x, b.scalar(0), b.scalar(1.5)]);
    const pool = (x: Value) => b.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    const pads = { pads: [1, 1, 1, 1] };
    const x = b.input('x', 'float32', ['N', 1, 12, 12]);
    const c1 = b.op('Conv', [x, weight('c1w', [8, 1, 3, 3]), weight('c1b', [8])], pads);
    const c2 = b.op('Conv', [pool(act(c1)), weight('c2w', [16, 8, 3, 3]), weight('c2b', [16])], pads);
    const flat = b.op('Flatten', [pool(act(c2))]);
    const h = act(b.op('Gemm', [flat, weight('f1w', [32, 144], 0.1), weight('f1b', [32])], { transB: 1 }));
    b.output(b.op('Gemm', [h, weight('f2w', [32, 10]), weight('f2b', [10])]), 'scores');
  });

/** Batches uniform in [0, 1). */
export function batches(shape: number[], count = 3): Feeds[] {
  const { uniform } = random(4);
  return Array.from({ length: count }, () => ({
    x: Tensor.of('float32', Float32Array.from({ length: product(shape) }, uniform), shape),
  }));
}

/** All outputs; `exact` keeps QuantizeLinear and DequantizeLinear as ONNX defines them. */
export async function run(
  model: Model,
  feeds: Feeds,
  { exact = true } = {},
): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(model), { keepQdq: exact });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** Operators of the graph as onnxruntime optimizes it, read back by a codec that is not ours. */
export async function optimizedOps(model: Model): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-test-'));
  const path = join(folder, 'optimized.onnx');
  const session = await InferenceSession.create(writeModel(model), {
    optimizedModelPath: path,
    optimization: 'extended',
  });
  await session.release();
  const { graph } = fromBinary(ModelProtoSchema, await readFile(path));
  await rm(folder, { recursive: true });
  const counts: Record<string, number> = {};
  for (const { opType } of graph!.node) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}

/** 10 log10(sum x^2 / sum (x - y)^2). */
export function decibels(x: Tensor, y: Tensor): number {
  const [a, b] = [x.toNumbers(), y.toNumbers()];
  const energy = (numbers: number[]) => numbers.reduce((sum, n) => sum + n * n, 0);
  return 10 * Math.log10(energy(a) / energy(a.map((n, i) => n - b[i]!)));
}
