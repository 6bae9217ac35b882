import { describe, expect, test } from 'vitest';
import { adam, type Optimizer, sgd, trainingGraph } from '../../../src/autodiff/index.ts';
import { check } from '../../../src/ir/check.ts';
import { type Model, Tensor } from '../../../src/ir/index.ts';
import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  relu,
  sequential,
  softmax,
} from '../../../src/layers/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

const batchSize = 4;

/** Runs `steps` steps, `perCall` in one call, on seeded data; returns the last results. */
async function train(
  model: Model,
  {
    optimizer,
    steps,
    perCall,
    sample,
  }: { optimizer: Optimizer; steps: number; perCall: number; sample: number[] },
) {
  const graph = trainingGraph(model, { optimizer, batchSize });
  check(graph.model);
  const session = await InferenceSession.create(writeModel(graph.model), {
    optimization: 'basic',
    keepQdq: true,
  });
  const source = random(3);
  const size = batchSize * sample.reduce((a, b) => a * b, 1);
  const images = Float32Array.from({ length: steps * size }, () => source.normal());
  const labels = BigInt64Array.from({ length: steps * batchSize }, () => BigInt(source.integer(3)));
  const initial = new Map([...model.graph.initializers].map(([name, value]) => [name, value.tensor!]));
  const zeros = (): Tensor => Tensor.of('float32', new Float32Array(graph.parameters.size));
  let state: Record<string, Tensor> = {
    parameters: graph.parameters.pack(initial),
    ...Object.fromEntries(optimizer.states.map((name) => [name, zeros()])),
    ...(graph.buffers.size && { buffers: graph.buffers.pack(initial) }),
  };
  const losses: number[] = [];
  for (let step = 0; step < steps; step += perCall) {
    const rates = Array.from({ length: perCall }, (_, i) => optimizer.rates(0.1, step + i + 1));
    const feeds = {
      ...state,
      images: Tensor.of('float32', images.subarray(step * size, (step + perCall) * size), [
        perCall,
        batchSize,
        ...sample,
      ]),
      labels: Tensor.of('int64', labels.subarray(step * batchSize, (step + perCall) * batchSize), [
        perCall,
        batchSize,
      ]),
      ...Object.fromEntries(
        Object.keys(rates[0]!).map((name) => [
          name,
          Tensor.of(
            'float32',
            rates.map((r) => r[name]!),
          ),
        ]),
      ),
    };
    const results = await session.run(feeds);
    losses.push(...(results.loss!.data as Float32Array));
    state = Object.fromEntries(Object.keys(state).map((name) => [name, results[`${name}'`]!]));
  }
  await session.release();
  return { state, losses, graph, images, labels };
}

const net = (): Model =>
  sequential([2, 5, 5], [conv2d(3, 3), batchNormalization(), relu(), flatten(), dense(3)], { seed: 5 });

describe('the training graph', () => {
  test.each([sgd(), adam()])('gives the same with one or six steps a call: $name', async (optimizer) => {
    const one = await train(net(), { optimizer, steps: 6, perCall: 1, sample: [2, 5, 5] });
    const six = await train(net(), { optimizer, steps: 6, perCall: 6, sample: [2, 5, 5] });
    expect(six.losses).toEqual(one.losses);
    expect(six.state.parameters!.data).toEqual(one.state.parameters!.data);
    expect(six.state.buffers!.data).toEqual(one.state.buffers!.data);
  });

  test('takes the step of softmax regression as written out by hand', async () => {
    const model = sequential([5], [dense(3)], { seed: 1 });
    const weights = (model.graph.initializers.get('dense1.weight')!.tensor!.data as Float32Array).slice();
    const run = await train(model, { optimizer: sgd(), steps: 1, perCall: 1, sample: [5] });
    const expected = regressionStep(weights, run.images, run.labels);
    const trained = run.graph.parameters.unpack(run.state.parameters!).get('dense1.weight')!
      .data as Float32Array;
    for (const [i, value] of expected.weights.entries()) expect(trained[i]).toBeCloseTo(value, 5);
    expect(run.losses[0]).toBeCloseTo(expected.loss, 5);
  });

  test('takes the loss before a final softmax', async () => {
    const plain = await train(sequential([5], [dense(3)]), {
      optimizer: sgd(),
      steps: 2,
      perCall: 2,
      sample: [5],
    });
    const soft = await train(sequential([5], [dense(3), softmax()]), {
      optimizer: sgd(),
      steps: 2,
      perCall: 2,
      sample: [5],
    });
    expect(soft.losses).toEqual(plain.losses);
  });

  test('moves running statistics towards those of the batch', async () => {
    const run = await train(net(), {
      optimizer: sgd({ momentum: 0 }),
      steps: 1,
      perCall: 1,
      sample: [2, 5, 5],
    });
    const before = [0, 0, 0, 1, 1, 1];
    const after = [...(run.state.buffers!.data as Float32Array)];
    expect(after).toHaveLength(before.length);
    for (const [i, value] of after.entries()) expect(value).not.toBe(before[i]);
  });

  test('names the operator that has no gradient', () => {
    const g = createBuilder({ name: 'odd' });
    const x = g.input('x', 'float32', ['N', 4]);
    const w = g.initializer('w', Tensor.of('float32', new Float32Array(12), [4, 3]));
    g.output(g.op('Sign', [g.op('MatMul', [x, w])]), 'y');
    const model = sequential([4], [dense(3)]);
    model.graph = g.graph;
    expect(() => trainingGraph(model, { optimizer: sgd(), batchSize })).toThrow(/Sign '.*' has no gradient/);
  });

  test('speaks the operator set of the model, and refuses one that is too old', () => {
    const model = net();
    model.opsets.set('', 19);
    expect(trainingGraph(model, { optimizer: sgd(), batchSize }).model.opset).toBe(19);
    model.opsets.set('', 17);
    expect(() => trainingGraph(model, { optimizer: sgd(), batchSize })).toThrow(/must be 18 or newer.*is 17/);
  });

  test('does not change the model it trains', async () => {
    const model = net();
    const before = writeModel(model);
    trainingGraph(model, { optimizer: adam(), batchSize });
    expect(writeModel(model)).toEqual(before);
  });
});

/** One SGD step of rate 0.1 on logits = x w^T, with the gradient (softmax - onehot)^T x / batch. */
function regressionStep(weights: Float32Array, images: Float32Array, labels: BigInt64Array) {
  const next = Float64Array.from(weights);
  let loss = 0;
  for (let n = 0; n < batchSize; n++) {
    const x = images.subarray(n * 5, n * 5 + 5);
    const logits = [0, 1, 2].map((k) => x.reduce((sum, value, j) => sum + value * weights[k * 5 + j]!, 0));
    const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
    loss += (Math.log(total) - logits[Number(labels[n])]!) / batchSize;
    for (const [k, value] of logits.entries()) {
      const error = Math.exp(value) / total - (Number(labels[n]) === k ? 1 : 0);
      for (const [j, xj] of x.entries()) next[k * 5 + j]! -= (0.1 * error * xj) / batchSize;
    }
  }
  return { weights: next, loss };
}
