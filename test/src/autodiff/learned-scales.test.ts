import { expect, test } from 'vitest';
import { type Optimizer, sgd, trainedConstants } from '../../../src/autodiff/index.ts';
import { Dataset } from '../../../src/data/index.ts';
import { Model, Tensor } from '../../../src/ir/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';
import { type FitOptions, fit } from '../../../src/train/index.ts';

const [features, classes] = [6, 3];

/** The data rounded, then a layer of rounded weights with a rounded bias, whose scores are rounded too. */
function roundedLayer(): Model {
  const g = createBuilder({ name: 'rounded' });
  const source = random(2);
  const constant = (name: string, shape: number[], draw: (i: number) => number) =>
    g.initializer(
      name,
      Tensor.of(
        'float32',
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => draw(i)),
        shape,
      ),
    );
  const scale = (name: string, value: number) => constant(name, [], () => value);
  const zero = g.constant('int8', [0], []);
  const round = (x: Parameters<typeof g.op>[1][number], s: typeof x) =>
    g.op('DequantizeLinear', [g.op('QuantizeLinear', [x, s, zero]), s, zero]);
  const inputScale = scale('input.scale', 0.05);
  const x = round(g.input('x', 'float32', ['N', features]), inputScale);
  const weightScale = constant('weight.scale', [classes], (i) => 0.02 * (i + 1));
  const zeros = g.constant('int8', [0, 0, 0]);
  const weight = constant('weight', [features, classes], () => 0.5 * source.normal());
  const integers = g.op('QuantizeLinear', [weight, weightScale, zeros], { axis: 1 });
  const w = g.op('DequantizeLinear', [integers, weightScale, zeros], { axis: 1 });
  const step = g.op('Mul', [inputScale, weightScale]);
  const bias = constant('bias', [classes], (i) => 0.1 * i);
  const b = g.op('Mul', [g.op('Round', [g.op('Div', [bias, step])]), step]);
  const scores = g.op('Add', [g.op('MatMul', [x, w]), b]);
  g.output(round(scores, scale('scores.scale', 0.04)), 'scores');
  return new Model(g.graph, 21);
}

const data = ((): Dataset => {
  const source = random(3);
  const labels = Uint8Array.from({ length: 256 }, () => source.integer(classes));
  const images = Float32Array.from({ length: 256 * features }, (_, i) => {
    return source.normal() + (i % classes === labels[Math.floor(i / features)] ? 1 : 0);
  });
  return new Dataset({
    name: 'rounded',
    sampleShape: [features],
    classNames: ['a', 'b', 'c'],
    splits: { train: { images, labels } },
    normalization: { scale: 1, mean: [0], std: [1] },
  });
})();

const numbersOf = (model: Model, name: string): number[] =>
  model.graph.initializers.get(name)!.tensor!.toNumbers();

/** What a training makes of constants, as factors of what they were. */
async function factors(options: FitOptions, names: readonly string[]): Promise<number[]> {
  const start = roundedLayer();
  const { model } = await fit(start, data, { batchSize: 64, ...options });
  return names.flatMap((name) => {
    const before = numbersOf(start, name);
    return numbersOf(model, name).map((number, i) => number / before[i]!);
  });
}

test('weights and bias behind integers are trained, scales are apart, those of the data are none', () => {
  const { parameters, scales } = trainedConstants(roundedLayer().graph);
  expect(parameters.map(({ name }) => name)).toEqual(['weight', 'bias']);
  expect(scales.map(({ name }) => name)).toEqual(['weight.scale', 'scores.scale']);
});

const scales = ['weight.scale', 'scores.scale'];

test('scales stay unless they are to be learned, weights and bias do not', async () => {
  expect(await factors({}, ['input.scale', ...scales])).toEqual([1, 1, 1, 1, 1]);
  const others = await factors({}, ['weight', 'bias']);
  expect(others.filter((factor) => factor === 1)).toHaveLength(0);
});

test("steps of adam are relative to a scale: the first one is the learning rate's", async () => {
  const learned = { learnScales: true, limit: 64, learningRate: 0.01 };
  for (const factor of await factors(learned, scales)) expect(Math.abs(factor - 1)).toBeCloseTo(0.01, 5);
  expect(await factors(learned, ['input.scale'])).toEqual([1]);
});

test('steps of sgd follow the gradient, and no scale falls below a thousandth', async () => {
  const gentle = await factors({ learnScales: true, optimizer: 'sgd', learningRate: 1e-4 }, scales);
  for (const factor of gentle) expect(Math.abs(factor - 1)).toBeLessThan(0.02);
  expect(new Set(gentle).size).toBe(4);
  /** Takes everything away in a step. */
  const greedy: Optimizer = {
    ...sgd(),
    update: (g, { parameters, states }) => ({
      parameters: g.op('Sub', [parameters, g.scalar(1)]),
      states: [...states],
    }),
  };
  const floor = await factors({ learnScales: true, optimizer: greedy, limit: 64 }, scales);
  for (const factor of floor) expect(factor).toBeCloseTo(2 ** -10, 8);
});
