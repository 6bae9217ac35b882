import { describe, expect, test } from 'vitest';
import { sgd, trainingGraph } from '../../../src/autodiff/index.ts';
import type { Model } from '../../../src/ir/index.ts';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { fit } from '../../../src/train/index.ts';
import { stripes } from './stripes.ts';

const net = () =>
  sequential(
    [1, 4, 4],
    [
      conv2d(4, 3),
      batchNormalization(),
      relu(),
      conv2d(4, 3),
      batchNormalization(),
      relu(),
      flatten(),
      dense(2),
    ],
    { seed: 3 },
  );
const data = stripes({ side: 4 });

/** Names of the constants that training changed. */
function changed(before: Model, after: Model): string[] {
  return [...before.graph.initializers].flatMap(([name, { tensor }]) => {
    const trained = after.graph.initializers.get(name)!.tensor!;
    return Buffer.from(tensor!.bytes).equals(trained.bytes) ? [] : [name];
  });
}

const all = ['conv1', 'norm1', 'conv2', 'norm2', 'dense1'];
const head = ['dense1.weight', 'dense1.bias'];
const norms = (n: number) =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((part) => `norm${n}.${part}`);
const second = ['conv2.weight', 'conv2.bias', ...norms(2)];

describe('frozen constants stay bit for bit, all others move', () => {
  test.each([
    [{}, ['conv1.weight', 'conv1.bias', ...norms(1), ...second, ...head]],
    [{ freeze: ['conv1.*', 'norm1.*'] }, [...second, ...head]],
    [{ freeze: ['*1.*'] }, second],
    [
      { freeze: ['conv?.weight', '*2.bias', 'norm1.running_*'] },
      [
        'conv1.bias',
        'norm1.weight',
        'norm1.bias',
        'norm2.weight',
        'norm2.running_mean',
        'norm2.running_var',
        ...head,
      ],
    ],
    [{ freezeBatchNorm: true }, ['conv1.weight', 'conv1.bias', 'conv2.weight', 'conv2.bias', ...head]],
    [{ freeze: ['conv*'], freezeBatchNorm: true }, head],
  ])('%o', async (options, expected) => {
    const start = net();
    const { model } = await fit(start, data, {
      ...options,
      learningRate: 0.01,
      weightDecay: 0.1,
      optimizer: 'adamw',
    });
    // A bias in front of a batch normalization that takes its mean away has a gradient of 0, up to rounding.
    const noise = new Set(['conv1.bias', 'conv2.bias']);
    const moved = changed(start, model).filter((name) => !noise.has(name));
    expect(moved.sort()).toEqual(expected.filter((name) => !noise.has(name)).sort());
  });
});

test('there are no gradient nodes before the first layer that is trained', () => {
  const count = (frozen: (name: string) => boolean) => {
    const { model } = trainingGraph(net(), { optimizer: sgd(), batchSize: 4, frozen });
    const loop = model.graph.nodes.find(({ opType }) => opType === 'Loop')!;
    return loop.subgraphs()[0]!.nodes.length;
  };
  const onlyHead = (name: string) => !head.includes(name);
  const forward = net().graph.nodes.length;
  expect(count(onlyHead)).toBeLessThan(forward + 40);
  expect(count(onlyHead)).toBeLessThan(0.5 * count(() => false));
});

test('a glob that fits nothing, and one that fits all, are refused', async () => {
  await expect(fit(net(), data, { freeze: ['features.*'] })).rejects.toThrow(
    /'features\.\*' fits none. Some are: conv1.weight/,
  );
  await expect(fit(net(), data, { freeze: ['*'] })).rejects.toThrow(
    /All 10 trained tensors of the model are frozen/,
  );
  expect(all).toHaveLength(5);
});
