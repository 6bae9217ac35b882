import { expect, test } from 'vitest';
import { backward } from '../../../src/autodiff/index.ts';
import { type GraphBuilder, Model, product, Tensor, type Value } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import { createBuilder } from '../../../src/ops/index.ts';
import { random } from '../../../src/random.ts';
import { type Feeds, InferenceSession } from '../../../src/runtime/index.ts';

const [samples, steps, symbols] = [16, 8, 6];

/** Declares a trained input. */
type Weight = (name: string, shape: number[]) => Value;

/** From tokens [samples, steps] to logits [samples, 2]. */
type Net = (g: GraphBuilder, tokens: Value, weight: Weight) => Value;

/** An embedding, an LSTM whose last state is normalized, and a classifier. */
const recurrent: Net = (g, tokens, weight) => {
  const embedded = g.op('Gather', [weight('embedding', [symbols, 8]), tokens]);
  const x = g.op('Transpose', [embedded], { perm: [1, 0, 2] });
  const inputs = [x, weight('W', [1, 64, 8]), weight('R', [1, 64, 16]), weight('B', [1, 128])];
  const [, last] = g.node('LSTM', inputs, { hidden_size: 16 }, 2);
  const state = g.op('Squeeze', [last!, g.int64s([0])]);
  const normal = g.op('LayerNormalization', [state, weight('scale', [16]), weight('bias', [16])]);
  return g.op('MatMul', [normal, weight('out', [16, 2])]);
};

/** An embedding, one attention head with a residual, a Gelu, and the mean of all positions. */
const attending: Net = (g, tokens, weight) => {
  const place = weight('place', [steps, 8]);
  const x = g.op('Add', [g.op('Gather', [weight('embedding', [symbols, 8]), tokens]), place]);
  const normal = g.op('LayerNormalization', [x, weight('scale', [8]), weight('bias', [8])]);
  const joined = g.op('MatMul', [normal, weight('qkv', [8, 24])]);
  const [q, k, v] = g.node('Split', [joined, g.int64s([8, 8, 8])], { axis: -1 }, 3);
  const scores = g.op('Softmax', [g.op('Einsum', [q, k], { equation: 'bqd,bkd->bqk' })], { axis: -1 });
  const mixed = g.op('Add', [x, g.op('MatMul', [scores, v])]);
  const hidden = g.op('Gelu', [g.op('MatMul', [mixed, weight('wide', [8, 16])])]);
  const pooled = g.op('ReduceMean', [hidden, g.int64s([1])], { keepdims: 0 });
  return g.op('MatMul', [pooled, weight('out', [16, 2])]);
};

/** Classes of random tokens: whether the first is among the later ones. */
function task(): { tokens: Tensor; labels: Tensor } {
  const source = random(1);
  const tokens = Array.from({ length: samples * steps }, () => source.integer(symbols));
  const labels = Array.from({ length: samples }, (_, i) => {
    const [first, ...later] = tokens.slice(i * steps, (i + 1) * steps);
    return later.includes(first!) ? 1 : 0;
  });
  return { tokens: Tensor.of('int64', tokens, [samples, steps]), labels: Tensor.of('int64', labels) };
}

/** Cross-entropy of a net before and after steps of momentum descent, which it takes by hand. */
async function losses(net: Net, count: number): Promise<[number, number]> {
  const { tokens, labels } = task();
  const g = createBuilder();
  const weights: Value[] = [];
  const declare: Weight = (name, shape) => weights[weights.push(g.input(name, 'float32', shape)) - 1]!;
  const logits = net(g, g.input('tokens', 'int64', [samples, steps]), declare);
  const likelihoods = g.op('LogSoftmax', [logits], { axis: -1 });
  const own = g.op('GatherElements', [likelihoods, g.constant('int64', labels.toNumbers(), [samples, 1])], {
    axis: 1,
  });
  const loss = g.op('Neg', [g.op('ReduceMean', [own], { keepdims: 0 })]);
  for (const [i, gradient] of backward(g, loss, weights).entries())
    g.output(gradient!, `d_${weights[i]!.name}`);
  g.output(loss, 'loss');
  const session = await InferenceSession.create(writeModel(new Model(g.graph)), {
    optimization: 'basic',
    keepQdq: true,
  });
  const state = initial(weights);
  const speed = new Map([...state].map(([name, data]) => [name, new Float32Array(data.length)]));
  const history: number[] = [];
  for (let step = 0; step < count; step++) {
    const feeds: Feeds = Object.fromEntries(
      weights.map(({ name, shape }) => [name, Tensor.of('float32', state.get(name)!, shape as number[])]),
    );
    const results = await session.run({ ...feeds, tokens });
    history.push(results.loss!.toNumbers()[0]!);
    for (const [name, data] of state) {
      const gradient = results[`d_${name}`]!.data as Float32Array;
      const v = speed.get(name)!;
      for (let i = 0; i < data.length; i++) data[i]! -= v[i] = 0.9 * v[i]! + 0.05 * gradient[i]!;
    }
  }
  await session.release();
  return [history[0]!, history.at(-1)!];
}

function initial(weights: readonly Value[]): Map<string, Float32Array> {
  const { normal } = random(2);
  return new Map(
    weights.map(({ name, shape }) => {
      const one = name === 'scale' ? 1 : 0;
      return [name, Float32Array.from({ length: product(shape as number[]) }, () => one + normal() * 0.3)];
    }),
  );
}

test.each([
  ['an LSTM', recurrent],
  ['a transformer block', attending],
])('%s learns', async (_, net) => {
  const [before, after] = await losses(net, 150);
  expect(before).toBeGreaterThan(0.5);
  expect(after).toBeLessThan(before / 5);
});
