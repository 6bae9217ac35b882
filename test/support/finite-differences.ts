import {
  backward,
  type Kernels,
  kernelBuilder,
  standardKernels,
  type Tape,
} from '../../src/autodiff/index.ts';
import { type GraphBuilder, type Model, product, Tensor, type Value } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { random } from '../../src/random.ts';
import { InferenceSession, type SessionOptions } from '../../src/runtime/index.ts';
import { withKernels } from './with-kernels.ts';

export interface GradientCase {
  readonly name: string;
  /** Shapes of the float32 inputs. */
  readonly shapes: readonly (readonly number[])[];
  /** Writes the function under test; with a tape if it has regions. */
  build(g: GraphBuilder, inputs: Value[]): Value | { readonly y: Value; readonly tape: Tape };
  /** Kernels that it uses beyond the standard operators. */
  readonly kernels?: Kernels;
  /** Data of one input instead of uniform [-1, 1], for example away from the kinks of a piecewise function. */
  readonly data?: Readonly<Record<number, (size: number) => Float32Array>>;
  /** Inputs that have no gradient to check. */
  readonly skip?: readonly number[];
  /** Version of the operator set, default 21. */
  readonly opset?: number;
}

/** The options that training uses in production. */
const production: SessionOptions = { optimization: 'basic', keepQdq: true };

/**
 * Largest difference between the gradient that `backward` writes and central differences of the function, both run by
 * onnxruntime with the options of production, relative to the largest element of each gradient.
 */
export async function worstGradientError(test: GradientCase): Promise<number> {
  const { model, wrt } = gradientModel(test);
  const session = await InferenceSession.create(writeModel(model), production);
  const source = random(7);
  const uniform = (size: number): Float32Array =>
    Float32Array.from({ length: size }, () => source.uniform() * 2 - 1);
  const data = test.shapes.map((shape, i) => (test.data?.[i] ?? uniform)(product(shape)));
  const shapeOfY = outputShape(model);
  const weights = uniform(product(shapeOfY));
  const feeds = (): Record<string, Tensor> => ({
    ...Object.fromEntries(test.shapes.map((shape, i) => [`x${i}`, Tensor.of('float32', data[i]!, shape)])),
    weights: Tensor.of('float32', weights, shapeOfY),
  });
  const projected = async (): Promise<number> => {
    const y = (await session.run(feeds(), ['y'])).y!.data as Float32Array;
    return y.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  };
  const gradients = await session.run(feeds());
  const errors = [];
  for (const index of wrt) {
    const gradient = gradients[`d_x${index}`]!;
    if (gradient.shape.join() !== test.shapes[index]!.join())
      throw new Error(`d_x${index} has shape ${gradient.shape}`);
    errors.push(await inputError(data[index]!, gradient.data as Float32Array, projected));
  }
  await session.release();
  return Math.max(...errors);
}

function gradientModel(test: GradientCase): { model: Model; wrt: number[] } {
  const kernels = test.kernels ?? standardKernels;
  const g = kernelBuilder(kernels, { name: test.name });
  const inputs = test.shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
  const built = test.build(g, inputs);
  const { y, tape } = 'tape' in built ? built : { y: built, tape: undefined };
  const shape = y.shape as number[];
  const weights = g.input('weights', 'float32', shape);
  const loss = g.op('ReduceSum', [g.op('Mul', [y, weights]), g.int64s(shape.map((_, axis) => axis))], {
    keepdims: 0,
  });
  const wrt = inputs.flatMap((_, i) => (test.skip?.includes(i) ? [] : [i]));
  const gradients = backward(
    g,
    loss,
    wrt.map((i) => inputs[i]!),
    tape,
  );
  g.output(y, 'y');
  for (const [n, i] of wrt.entries()) g.output(gradients[n]!, `d_x${i}`);
  const model = withKernels(g.graph, kernels);
  model.opsets.set('', test.opset ?? 21);
  for (const { domain } of g.graph.nodes) if (domain) model.opsets.set(domain, 1);
  return { model, wrt };
}

const outputShape = (model: Model): number[] => model.graph.outputs[0]!.shape as number[];

/** Checks up to 30 elements of one input. */
async function inputError(
  x: Float32Array,
  gradient: Float32Array,
  f: () => Promise<number>,
): Promise<number> {
  const scale = Math.max(
    1e-3,
    gradient.reduce((max, value) => Math.max(max, Math.abs(value)), 0),
  );
  const stride = Math.max(1, Math.floor(x.length / 30));
  const step = 1e-2;
  let worst = 0;
  for (let i = 0; i < x.length; i += stride) {
    const before = x[i]!;
    x[i] = before + step;
    const [above, up] = [x[i]!, await f()];
    x[i] = before - step;
    const [below, down] = [x[i]!, await f()];
    x[i] = before;
    worst = Math.max(worst, Math.abs((up - down) / (above - below) - gradient[i]!) / scale);
  }
  return worst;
}

/** Uniform values in [-range, range], none within 0.05 of a `kink`. */
export const awayFrom =
  (kinks: readonly number[], range = 1) =>
  (size: number): Float32Array => {
    const source = random(11);
    return Float32Array.from({ length: size }, () => {
      for (;;) {
        const value = (source.uniform() * 2 - 1) * range;
        if (kinks.every((kink) => Math.abs(value - kink) > 0.05)) return value;
      }
    });
  };

/** Values at least 0.05 apart in random order, so that no step changes which is the largest. */
export const distinct = (size: number): Float32Array => {
  const source = random(13);
  const values = Float32Array.from({ length: size }, (_, i) => i * 0.05);
  for (let i = size - 1; i > 0; i--) {
    const j = source.integer(i + 1);
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
};
