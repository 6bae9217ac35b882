import { backward, copyForTraining, type Kernels, kernelBuilder } from '../../src/autodiff/index.ts';
import { trainedConstants } from '../../src/autodiff/trained-constants.ts';
import { type GraphBuilder, type Model, product, Tensor, type Value } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { random } from '../../src/random.ts';
import { InferenceSession } from '../../src/runtime/index.ts';
import { withKernels } from './with-kernels.ts';

/** What one training step of a model computes. */
export interface Step {
  readonly y: Float32Array;
  /** By the name of the parameter; `input` is the model's input. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** New running statistics by name. */
  readonly updates: ReadonlyMap<string, Float32Array>;
  /** Operators that were written in blocked layout. */
  readonly blocked: readonly string[];
}

/** Output, gradients of a random weighing of it, and new running statistics, by these kernels with production's options. */
export async function stepOf(model: Model, batch: number, kernels: Kernels): Promise<Step> {
  const { graph } = model;
  const feed = graph.feeds[0]!;
  const { parameters, buffers } = trainedConstants(graph);
  const g = kernelBuilder(kernels, { name: 'step' });
  const shape = [batch, ...(feed.shape!.slice(1) as number[])];
  const x = g.input('x', 'float32', shape);
  const bound = new Map<Value, Value>([[feed, x]]);
  for (const value of [...parameters, ...buffers]) {
    bound.set(value, g.input(value.name, 'float32', value.tensor!.shape));
  }
  const { outputs, updates, tape, formulations } = copyForTraining(g, graph, bound, { kernels });
  const weights = g.input('weights', 'float32', outputs[0]!.shape!);
  const wrt = [feed, ...parameters];
  const gradients = backward(
    g,
    weighed(g, outputs[0]!, weights),
    wrt.map((v) => bound.get(v)!),
    tape,
  );
  g.output(outputs[0]!, 'y');
  for (const [i, gradient] of gradients.entries())
    g.output(gradient!, `d ${i === 0 ? 'input' : wrt[i]!.name}`);
  for (const [value, next] of updates) g.output(next, `new ${value.name}`);
  const results = await run(withKernels(g.graph, kernels), {
    ...Object.fromEntries([...parameters, ...buffers].map((v) => [v.name, v.tensor!])),
    x: uniform(shape, 1),
    weights: uniform(outputs[0]!.shape as number[], 2),
  });
  const named = (prefix: string): Map<string, Float32Array> =>
    new Map(
      Object.entries(results).flatMap(([name, tensor]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), tensor.data as Float32Array]] : [],
      ),
    );
  const blocked = formulations.filter(({ layout }) => layout === 'blocked').map(({ op }) => op);
  return { y: results.y!.data as Float32Array, gradients: named('d '), updates: named('new '), blocked };
}

function weighed(g: GraphBuilder, y: Value, weights: Value): Value {
  const axes = g.int64s(y.shape!.map((_, axis) => axis));
  return g.op('ReduceSum', [g.op('Mul', [y, weights]), axes], { keepdims: 0 });
}

async function run(model: Model, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(model), { optimization: 'basic', keepQdq: true });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** Seeded values in [-1, 1]. */
export function uniform(shape: readonly number[], seed: number): Tensor {
  const source = random(seed);
  return Tensor.of(
    'float32',
    Float32Array.from({ length: product(shape) }, () => source.uniform() * 2 - 1),
    shape,
  );
}

/** Largest difference relative to the largest element; Infinity if the lengths differ or something is not finite. */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  const scale = b.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
  const worst = a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);
  return Number.isFinite(worst) ? worst / scale : Infinity;
}
