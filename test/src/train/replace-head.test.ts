import { describe, expect, test } from 'vitest';
import { check } from '../../../src/ir/check.ts';
import { Model, Tensor } from '../../../src/ir/index.ts';
import {
  conv2d,
  dense,
  flatten,
  globalAveragePool2d,
  relu,
  sequential,
  softmax,
} from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';
import { replaceHead } from '../../../src/train/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';

async function scores(model: Model, sample: number[]): Promise<Tensor> {
  const session = await InferenceSession.create(writeModel(model));
  const size = 3 * sample.reduce((a, b) => a * b, 1);
  const images = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  const results = await session.run({
    [session.inputNames[0]!]: Tensor.of('float32', images, [3, ...sample]),
  });
  await session.release();
  return Object.values(results)[0]!;
}

const gemm = () => sequential([1, 4, 4], [conv2d(3, 3), relu(), flatten(), dense(10), softmax()]);
const conv = () =>
  sequential([1, 4, 4], [conv2d(3, 3), relu(), conv2d(10, 1), globalAveragePool2d(), flatten()]);

/** MatMul, bias as an Add, and a Reshape that names the classes, as other converters write. */
function matMul(): Model {
  const g = createBuilder({ name: 'other' });
  const x = g.input('x', 'float32', ['N', 6]);
  const w = g.initializer(
    'w',
    Tensor.of(
      'float32',
      Float32Array.from({ length: 60 }, (_, i) => i / 60),
      [6, 10],
    ),
  );
  const b = g.initializer('b', Tensor.of('float32', new Float32Array(10).fill(1)));
  const shape = g.initializer('shape', Tensor.of('int64', [-1, 10]));
  g.output(g.op('Reshape', [g.op('Add', [g.op('MatMul', [x, w]), b]), shape]), 'y');
  return new Model(g.graph);
}

describe('a new head', () => {
  test.each([
    ['Gemm', gemm, [1, 4, 4]],
    ['Conv', conv, [1, 4, 4]],
    ['MatMul', matMul, [6]],
    ['Constant nodes', () => withConstantNodes(gemm()), [1, 4, 4]],
  ] as const)('%s: tells the new number of classes apart, as its type says', async (_, build, sample) => {
    const model = build();
    const before = writeModel(model);
    const replaced = replaceHead(model, 4, { seed: 1 });
    check(replaced);
    expect(replaced.graph.outputs[0]!.shape).toEqual(['N', 4]);
    expect((await scores(replaced, [...sample])).shape).toEqual([3, 4]);
    expect(writeModel(model)).toEqual(before);
  });

  test('leaves all other weights, names and the order of nodes', () => {
    const [before, after] = [gemm(), replaceHead(gemm(), 4)];
    expect(after.graph.nodes.map(({ name }) => name)).toEqual(before.graph.nodes.map(({ name }) => name));
    expect([...after.graph.initializers.keys()].sort()).toEqual([...before.graph.initializers.keys()].sort());
    for (const name of ['conv1.weight', 'conv1.bias'])
      expect(after.graph.initializers.get(name)!.tensor).toEqual(before.graph.initializers.get(name)!.tensor);
  });

  test('biases are 0, weights have variance 1 / fan-in', () => {
    const { initializers } = replaceHead(sequential([400], [dense(10)]), 50).graph;
    const weights = initializers.get('dense1.weight')!.tensor!.data as Float32Array;
    const variance = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
    expect(variance * 400).toBeGreaterThan(0.95);
    expect(variance * 400).toBeLessThan(1.05);
    expect(new Set(initializers.get('dense1.bias')!.tensor!.data as Float32Array)).toEqual(new Set([0]));
  });

  test('a model without one, or no number of classes, is refused', () => {
    const g = createBuilder({ name: 'none' });
    g.output(g.op('Exp', [g.input('x', 'float32', ['N', 3])]), 'y');
    expect(() => replaceHead(new Model(g.graph), 4)).toThrow(/ends in a Gemm, MatMul or Conv.*ends in Exp/);
    expect(() => replaceHead(gemm(), 2.5)).toThrow("'classes' must be a whole number of 1 or more, was 2.5");
  });
});
