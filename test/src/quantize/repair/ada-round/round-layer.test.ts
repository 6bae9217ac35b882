import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../../src/ir/index.ts';
import { writeModel } from '../../../../../src/onnx/index.ts';
import { planOf } from '../../../../../src/quantize/index.ts';
import { type LayerSubject, roundLayer } from '../../../../../src/quantize/repair/ada-round/round-layer.ts';
import { annealing } from '../../../../../src/quantize/repair/ada-round/schedule.ts';
import { regularizerRates, softWeights } from '../../../../../src/quantize/repair/ada-round/soft-rounding.ts';
import { optimizer, roundingGraph } from '../../../../../src/quantize/repair/ada-round/step-graph.ts';
import { weightedLayers } from '../../../../../src/quantize/repair/layers/weighted-layer.ts';
import { random } from '../../../../../src/random.ts';
import { InferenceSession } from '../../../../../src/runtime/index.ts';
import { build } from '../../build.ts';
import { encoded } from '../few-bits.ts';

/** One output of `columns` correlated inputs, behind Relu or not. */
async function tinyLayer(columns: number, { seed = 0, rows = 64, relu = false } = {}): Promise<LayerSubject> {
  const { normal, uniform } = random(seed);
  const model = build(({ b }) => {
    const data = Float32Array.from({ length: columns }, () => normal());
    const w = b.initializer('w', Tensor.of('float32', data, [columns, 1]));
    const y = b.op('MatMul', [b.input('x', 'float32', ['N', columns]), w]);
    b.output(relu ? b.op('Relu', [y]) : y, 'y');
  });
  // Inputs that go together, as those of real layers do, so that errors of roundings can cancel.
  const x = Float32Array.from({ length: rows * columns }, () => 0);
  for (let r = 0; r < rows; r++) {
    const [a, b] = [uniform(), uniform()];
    for (let k = 0; k < columns; k++)
      x[r * columns + k] = a + (k % 2 ? b : 0) + 0.5 * uniform() - (relu ? 0.9 : 0);
  }
  const input = Tensor.of('float32', x, [1, rows, columns]);
  const feeds = [{ x: Tensor.of('float32', x, [rows, columns]) }];
  const { float, encodings } = await encoded(model, feeds, { weights: 3 });
  const layer = weightedLayers(planOf(float), float).layers[0]!;
  const w = layer.weight.data as Float32Array;
  const target = Float32Array.from({ length: rows }, (_, r) => activate(dot(x, r, w), relu));
  return {
    ...{
      layer,
      rows: { from: 0, to: rows },
      encoding: encodings.weights.get(layer.name)!,
      opset: float.opset,
    },
    data: { input, target: Tensor.of('float32', target, [1, rows, 1]), rows },
  };
}

const dot = (x: Float32Array, row: number, w: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < w.length; k++) sum += x[row * w.length + k]! * w[k]!;
  return sum;
};
const activate = (y: number, relu: boolean): number => (relu ? Math.max(0, y) : y);

/** Mean squared error of real weights, in float64. */
function errorOf({ data, layer }: LayerSubject, weights: ArrayLike<number>): number {
  const [x, target] = [data.input.data, data.target.data];
  const relu = layer.activation !== undefined;
  return target.reduce((sum, t, r) => sum + (activate(dot(x, r, weights), relu) - t) ** 2, 0) / data.rows;
}

const options = (seed: number) => ({
  ...{ annealing: annealing(500), batchSize: 32, learningRate: 0.1, regularization: 1, seed },
});

describe('against all 2^n roundings of a layer', () => {
  test.each([
    ['linear', false],
    ['with Relu', true],
  ])('%s', async (_, relu) => {
    let [lost, regained] = [0, 0];
    for (const seed of [1, 2, 3, 4, 5]) {
      const subject = await tinyLayer(11, { seed, relu });
      const { floor, scale } = floorOf(subject);
      const errorIn = (integers: ArrayLike<number>) =>
        errorOf(
          subject,
          Array.from(integers, (q) => scale * Math.min(3, q)),
        );
      const errors = Array.from({ length: 2 ** 11 }, (_, bits) =>
        errorIn(floor.map((q, k) => q + ((bits >> k) & 1))),
      );
      const best = Math.min(...errors);
      const nearest = errorIn(subject.encoding.weight.tensor.toNumbers());
      const found = errorIn((await roundLayer(subject, options(seed))).integers);
      expect(found).toBeGreaterThanOrEqual(best - 1e-9);
      lost += nearest - best;
      regained += nearest - found;
    }
    expect(regained / lost).toBeGreaterThan(0.85);
  });
});

function floorOf({ layer, encoding }: LayerSubject) {
  const scale = encoding.weight.scales[0]!;
  const floor = Array.from(layer.weight.data as Float32Array, (w) => Math.floor(Math.fround(w / scale)));
  return { floor, scale };
}

test.each([
  ['linear', false],
  ['with Relu', true],
])('the gradient of the objective is that of finite differences, %s', async (_, relu) => {
  const subject = await tinyLayer(12, { seed: 5, relu });
  const { layer, encoding, data } = subject;
  const scale = encoding.weight.scales[0]!;
  const soft = softWeights(layer.weight.data as Float32Array, () => scale, encoding.integers);
  const problem = {
    ...{ layer, opset: subject.opset, rows: data.rows, batchSize: data.rows, floor: soft.floor },
    ...{ scales: encoding.weight.scales, bias: undefined, weights: new Float32Array([2]) },
  };
  const [lambda, beta] = [0.3, 5];
  const session = await InferenceSession.create(writeModel(roundingGraph(problem, true)));
  const { normal } = random(9);
  const variables = Float32Array.from(soft.floor, () => 2 * normal());
  const one = (x: number) => Tensor.of('float32', [x]);
  const rates = { ...optimizer.rates(0.1, 1), ...regularizerRates(lambda, beta) };
  const zeros = Tensor.of('float32', new Float32Array(12));
  const all = BigInt64Array.from({ length: data.rows }, (_, i) => BigInt(i));
  const results = await session.run({
    ...{ input: data.input, target: data.target, chosen: Tensor.of('int64', all, [1, data.rows]) },
    ...{ variables: Tensor.of('float32', variables), mean: zeros, variance: zeros },
    ...Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, one(rate)])),
  });
  await session.release();
  const h = (v: number) => Math.min(1, Math.max(0, 1.2 / (1 + Math.exp(-v)) - 0.1));
  const objective = (v: number[]): number =>
    4 *
      errorOf(
        subject,
        v.map((x, k) => scale * (soft.floor[k]! + h(x))),
      ) +
    lambda * v.reduce((sum, x) => sum + 1 - Math.abs(2 * h(x) - 1) ** beta, 0);
  // Adam's first mean is a tenth of the gradient.
  const gradient = results["mean'"]!.toNumbers().map((m) => 10 * m);
  expect(gradient.filter((x) => x === 0).length).toBeLessThan(6);
  const at = Array.from(variables);
  for (const [k, found] of gradient.entries()) {
    const moved = (by: number) => objective(at.with(k, at[k]! + by));
    const expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
    expect(Math.abs(found - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
  }
});

test('weights that start at V are where they were', () => {
  const real = Float32Array.from([-0.7, -0.31, 0, 0.049, 0.26, 0.7, 0.9]);
  const { floor, variables } = softWeights(real, () => 0.1, { min: -7, max: 7 });
  const h = (v: number) => Math.min(1, Math.max(0, 1.2 / (1 + Math.exp(-v)) - 0.1));
  const values = Array.from(floor, (q, i) => 0.1 * (q + h(variables[i]!)));
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(Math.min(real[i]!, 0.7), 5);
});

test('the same seed rounds alike, however long the calls', async () => {
  const subject = await tinyLayer(10, { seed: 1 });
  const [a, b] = [await roundLayer(subject, options(3)), await roundLayer(subject, options(3))];
  expect(a).toStrictEqual(b);
});
