import { expect, test } from 'vitest';
import { ModelError } from '../../../src/errors.ts';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { fit, freshWeights } from '../../../src/train/index.ts';
import { architecture, architectures } from '../../../src/zoo/index.ts';
import { stripes } from './stripes.ts';

const net = sequential([1, 8, 8], [conv2d(8, 3), batchNormalization(), relu(), flatten(), dense(2)], {
  seed: 1,
});
const { model: trained } = await fit(net, stripes({ count: 64, side: 8 }), { epochs: 2, batchSize: 16 });
const numbers = (model: Model, name: string): number[] => [
  ...(model.graph.initializers.get(name)!.tensor!.data as Float32Array),
];

test('weights are drawn by fan-in and seed, biases 0, normalizations do nothing; the model stays', () => {
  const before = writeModel(trained);
  const fresh = freshWeights(trained, { seed: 5 });
  expect(writeModel(trained)).toEqual(before);
  expect([...fresh.graph.initializers.keys()]).toEqual([...trained.graph.initializers.keys()]);
  const names = [...fresh.graph.initializers.keys()];
  const of = (part: string): number[] =>
    names.filter((name) => name.includes(part)).flatMap((name) => numbers(fresh, name));
  const weights = numbers(fresh, names.find((name) => name === 'dense1.weight')!);
  const variance = weights.reduce((sum, x) => sum + x * x, 0) / weights.length;
  // 512 or fewer inputs of a layer, as many numbers: the variance is within a fifth of 2 / fan-in.
  expect((variance * weights.length) / 2 / 2).toBeGreaterThan(0.8);
  expect((variance * weights.length) / 2 / 2).toBeLessThan(1.2);
  expect(new Set(of('.bias'))).toEqual(new Set([0]));
  const [node] = fresh.graph.nodes.filter(({ opType }) => opType === 'BatchNormalization');
  const of4 = [1, 2, 3, 4].map((i) => [...new Set(node!.input(i).tensor!.data as Float32Array)]);
  expect(of4).toEqual([[1], [0], [0], [1]]);
  expect(writeModel(freshWeights(trained, { seed: 5 }))).toEqual(writeModel(fresh));
  expect(writeModel(freshWeights(trained, { seed: 6 }))).not.toEqual(writeModel(fresh));
});

test.each(Object.keys(architectures))('%s of the zoo has a rule for each trained constant', (name) => {
  const sample = architectures[name]!.target === 'input' ? [1, 28, 28] : [3, 32, 32];
  let model: Model;
  try {
    model = architecture(name, { sample, classes: 4, seed: 1 });
  } catch {
    model = architecture(name, { sample: [1, 28, 28], classes: 4, seed: 1 });
  }
  const fresh = freshWeights(model).graph.initializers;
  const changed = [...model.graph.initializers.values()].filter(
    ({ name: of, tensor }) =>
      tensor!.shape.length > 1 && Buffer.compare(tensor!.bytes, fresh.get(of)!.tensor!.bytes) !== 0,
  );
  expect(changed.length).toBeGreaterThan(0);
});

test('a trained constant without a rule is named', () => {
  const g = createBuilder({ name: 'odd' });
  const x = g.input('x', 'float32', ['N', 2]);
  const w = g.initializer('w', Tensor.of('float32', new Float32Array(4), [2, 2]));
  const s = g.initializer('s', Tensor.of('float32', Float32Array.of(2, 3), [2]));
  g.output(g.op('Div', [g.op('MatMul', [x, w]), s]), 'y');
  expect(() => freshWeights(new Model(g.graph))).toThrow(ModelError);
  expect(() => freshWeights(new Model(g.graph))).toThrow(/'s' cannot start from scratch.*input 1 of/);
});
