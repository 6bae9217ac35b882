import { expect, test } from 'vitest';
import { Tensor } from '../../../../../src/ir/index.ts';
import { writeModel } from '../../../../../src/onnx/index.ts';
import { annotateTypes } from '../../../../../src/ops/index.ts';
import { emit, planQuantization } from '../../../../../src/quantize/index.ts';
import { blockProblem } from '../../../../../src/quantize/repair/block-reconstruction/block-graph.ts';
import {
  blockErrorGraph,
  blockStepGraph,
  rateNames,
  sizesOf,
  stateSizes,
} from '../../../../../src/quantize/repair/block-reconstruction/block-step.ts';
import { findBlocks } from '../../../../../src/quantize/repair/block-reconstruction/blocks.ts';
import { random } from '../../../../../src/random.ts';
import { type Feeds, InferenceSession } from '../../../../../src/runtime/index.ts';
import { batches, build, run } from '../../build.ts';
import { encoded } from '../few-bits.ts';

const batch = 6;
const feeds = batches([batch, 5], 1);

/** x + W2 tanh(W1 x): one block. */
async function problemOf(activations: number) {
  const model = build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 5]);
    const h = b.op('Tanh', [b.op('Gemm', [x, weight('w1', [5, 4]), weight('b1', [4])])]);
    b.output(b.op('Add', [b.op('MatMul', [h, weight('w2', [4, 5])]), x]), 'y');
  });
  const subject = await encoded(model, feeds, { weights: 3, activations });
  const typed = subject.float.clone();
  annotateTypes(typed.graph);
  const plan = planQuantization(typed.graph);
  const [block, ...more] = findBlocks(typed.graph, plan);
  expect(more).toEqual([]);
  const problem = blockProblem(block!, { plan, encodings: subject.encodings }, new Set());
  return { ...subject, problem };
}

const shapes = { input: [5], output: [5], batchSize: batch, opset: 18 };

test('a block with hard roundings gives what the emitted model gives before its last rounding', async () => {
  const { float, encodings, problem } = await problemOf(4);
  const { model } = emit(float, encodings);
  const output = model.graph.value('y')!.producer!.input(0).producer!.input(0);
  const exposed = model.clone();
  exposed.graph.outputs.push(exposed.graph.value(output.name)!);
  const results = await run(exposed, feeds[0]!);
  const raw = results[output.name]!;
  const sizes = sizesOf(problem);
  const variables = problem.weights.flatMap(({ node, soft }) => {
    const q = encodings.weights.get(node.output().name)!.weight.tensor.toNumbers();
    return Array.from(soft.floor, (floor, i) => (q[i]! > floor ? 3 : -3));
  });
  const session = await InferenceSession.create(writeModel(blockErrorGraph(problem, shapes)));
  const errorFor = async (values: readonly number[]) => {
    const { error } = await session.run({
      ...{ x: feeds[0]!.x!, target: raw, variables: Tensor.of('float32', values) },
      changes: Tensor.of('float32', new Float32Array(sizes.changes)),
    });
    return Number(error!.data[0]);
  };
  // The emitted bias is a whole number of input scale times weight scale.
  expect(await errorFor(variables)).toBeLessThan(1e-4);
  expect(await errorFor(variables.map((v, i) => (i ? v : -v)))).toBeGreaterThan(5e-4);
  await session.release();
});

test('gradients of V are those of finite differences where activations are hardly rounded', async () => {
  const { problem } = await problemOf(8);
  const sizes = sizesOf(problem);
  const { normal } = random(3);
  const target = Tensor.of('float32', Float32Array.from({ length: batch * 5 }, normal), [batch, 5]);
  const variables = Float32Array.from({ length: sizes.variables }, () => normal());
  const setup = { problem, shapes, samples: batch, weight: batch * 5, drop: 0, seed: 1 };
  const zeros = [...stateSizes(problem)].map(([name, size]) => [name, new Float32Array(size)] as const);
  const vectors = (entries: Iterable<readonly [string, ArrayLike<number>]>): Feeds =>
    Object.fromEntries([...entries].map(([name, data]) => [name, Tensor.of('float32', Array.from(data))]));
  const session = await InferenceSession.create(writeModel(blockStepGraph(setup)), { keepQdq: true });
  const results = await session.run({
    ...{
      x: feeds[0]!.x!,
      exact: feeds[0]!.x!,
      target,
      ...vectors(zeros),
      ...vectors([['variables', variables]]),
    },
    ...vectors(rateNames.map((name) => [name, [name === 'varianceCorrection' ? 1 : 0]])),
    chosen: Tensor.of(
      'int64',
      BigInt64Array.from({ length: batch }, (_, i) => BigInt(i)),
      [1, batch],
    ),
  });
  await session.release();
  const gradient = results["variables/mean'"]!.toNumbers().map((m) => 10 * m);
  const meter = await InferenceSession.create(writeModel(blockErrorGraph(problem, shapes)));
  const at = async (values: Float32Array) => {
    const changes = Tensor.of('float32', new Float32Array(sizes.changes));
    const { error } = await meter.run({
      x: feeds[0]!.x!,
      target,
      variables: Tensor.of('float32', values),
      changes,
    });
    return batch * 5 * 5 * Number(error!.data[0]);
  };
  // Rounded activations make the function a staircase: long steps see its slope, the straight-through estimate.
  const [found, expected]: number[][] = [[], []];
  for (const [i, g] of gradient.entries()) {
    const step = 0.3;
    const moved = async (by: number) => at(variables.with(i, variables[i]! + by));
    found!.push(g);
    expected!.push(((await moved(step)) - (await moved(-step))) / (2 * step));
  }
  await meter.release();
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const cosine = dot(found!, expected!) / Math.sqrt(dot(found!, found!) * dot(expected!, expected!));
  expect(cosine).toBeGreaterThan(0.98);
  expect(dot(found!, expected!) / dot(expected!, expected!)).toBeCloseTo(1, 0);
});
