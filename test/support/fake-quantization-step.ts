import { backward, copyForTraining, type Kernels, kernelBuilder } from '../../src/autodiff/index.ts';
import { type DType, type Graph, type Model, Tensor, type Value } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { createBuilder } from '../../src/ops/index.ts';
import { InferenceSession } from '../../src/runtime/index.ts';
import { withKernels } from './with-kernels.ts';

/** One round trip through integers, what goes into it, and the gradient of what comes out. */
export interface FakeStep {
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly dy: readonly number[];
  readonly scales: readonly number[];
  /** One a scale. */
  readonly zeroPoints: readonly number[];
  readonly dtype: DType;
  /** Fewer integers than the dtype holds. */
  readonly limits?: readonly [number, number];
  readonly axis?: number;
  /** Whether the numbers are a weight, without a batch. */
  readonly isWeight?: boolean;
}

export interface FakeStepResult {
  readonly y: readonly number[];
  readonly dx: readonly number[];
  readonly ds: readonly number[];
}

/** The round trip as a graph of its own, input `x` or for a weight the constant `x`. */
export function fakeGraph({ shape, dtype, axis, scales, zeroPoints, limits, isWeight, x }: FakeStep): Graph {
  const g = createBuilder({ name: 'fake' });
  const input = isWeight
    ? g.initializer('x', Tensor.of('float32', x, shape))
    : g.input('x', 'float32', shape);
  const ofScales = axis === undefined ? [] : [scales.length];
  const scale = g.initializer('scale', Tensor.of('float32', scales, ofScales));
  const zero = g.initializer('zero', Tensor.of(dtype, zeroPoints, ofScales));
  const integers = g.op('QuantizeLinear', [input, scale, zero], { axis });
  const limited = limits
    ? g.op('Clip', [integers, ...limits.map((limit) => g.constant(dtype, [limit], []))])
    : integers;
  g.output(g.op('DequantizeLinear', [limited, scale, zero], { axis }), 'y');
  return g.graph;
}

/** What training computes of it, by onnxruntime with production's options. */
export async function fakeStep(step: FakeStep, kernels: Kernels): Promise<FakeStepResult> {
  const graph = fakeGraph(step);
  const g = kernelBuilder(kernels, { name: 'training' });
  const inputs = ['x', 'scale', 'dy'] as const;
  const scale = graph.initializers.get('scale')!;
  const shapes = { x: step.shape, scale: scale.tensor!.shape, dy: step.shape };
  const [x, s, dy] = inputs.map((name) => g.input(name, 'float32', shapes[name]));
  const bound = new Map<Value, Value>([
    [step.isWeight ? graph.initializers.get('x')! : graph.feeds[0]!, x!],
    [scale, s!],
  ]);
  const { outputs, tape } = copyForTraining(g, graph, bound, { kernels });
  const axes = g.int64s(step.shape.map((_, axis) => axis));
  const loss = g.op('ReduceSum', [g.op('Mul', [outputs[0], dy]), axes], { keepdims: 0 });
  const gradients = backward(g, loss, [x!, s!], tape);
  g.output(outputs[0]!, 'y');
  g.output(gradients[0]!, 'dx');
  g.output(gradients[1]!, 'ds');
  const feeds = { x: step.x, scale: step.scales, dy: step.dy };
  const results = await run(
    withKernels(g.graph, kernels),
    Object.fromEntries(inputs.map((name) => [name, Tensor.of('float32', feeds[name], shapes[name])])),
  );
  const numbers = (name: string): number[] => results[name]!.toNumbers();
  return { y: numbers('y'), dx: numbers('dx'), ds: numbers('ds') };
}

async function run(model: Model, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(model), { optimization: 'basic', keepQdq: true });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
