import { expect, test } from 'vitest';
import { type GraphBuilder, Model, type Value } from '../../../src/ir/index.ts';
import { conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { modelCost } from '../../../src/ops/index.ts';
import {
  type ChannelOptions,
  dependencyGroups,
  importanceOf,
  prune,
  pruneChannels,
} from '../../../src/prune/index.ts';
import { fit } from '../../../src/train/index.ts';
import { architecture } from '../../../src/zoo/index.ts';
import { expectSameOutputs } from '../../support/same-outputs.ts';
import { build } from '../passes/passing.ts';
import { stripes } from '../train/stripes.ts';
import { smallNet } from './net.ts';
import { masked } from './surgery/masked.ts';

const resnet = architecture('resnet8', { sample: [1, 16, 16], classes: 4 });
const macs = (model: Model) => modelCost(model).macs;
const counts = async (options: ChannelOptions, model = resnet) =>
  Object.fromEntries(
    (await pruneChannels(model, options)).report.groups.map(({ name, before, after }) => [
      name,
      [before, after],
    ]),
  );

test('what is left computes the same as the model of which nothing reads the removed channels', async () => {
  const model = smallNet();
  const { model: pruned, report } = await pruneChannels(model, { sparsity: 0.5, scope: 'uniform' });
  // Half of 7 channels, and the scores say which: those of the smallest sums of squares.
  expect(report.groups.map(({ after }) => after)).toEqual([2, 2, 2]);
  const { groups } = dependencyGroups(model);
  const own = pruned.graph.initializers.get('conv1.weight')!.tensor!.data as Float32Array;
  const all = model.graph.initializers.get('conv1.weight')!.tensor!.data as Float32Array;
  const gone = [0, 1, 2, 3].filter((c) => ![0, 1].some((k) => own[9 * k] === all[9 * c]));
  const second = pruned.graph.initializers.get('conv2.bias')!.tensor!.data as Float32Array;
  const biases = model.graph.initializers.get('conv2.bias')!.tensor!.data as Float32Array;
  const removal = new Map([
    ['conv1', gone],
    ['conv2', [0, 1, 2].filter((c) => !second.includes(biases[c]!))],
  ]);
  await expectSameOutputs(masked(model, groups, removal), pruned);
});

test.each([0.75, 0.5, 0.3])(
  '%d of the MACs: just below, and one channel less would be too few',
  async (share) => {
    for (const roundTo of [1, 4]) {
      const { model, report } = await pruneChannels(resnet, { macs: share, roundTo });
      expect(macs(model)).toBeLessThanOrEqual(share * macs(resnet));
      expect(report.facts.after.macs).toBe(macs(model));
      for (const { before, after } of report.groups) if (after < before) expect(after % roundTo).toBe(0);
      if (roundTo > 1) continue;
      // The share of one channel fewer does not reach it.
      const channels = report.groups.filter(
        ({ name }) => !report.facts.left.some((left) => left.name === name),
      );
      const total = channels.reduce((sum, { before }) => sum + before, 0);
      const { model: larger } = await pruneChannels(resnet, { sparsity: report.sparsity - 1 / total });
      expect(macs(larger)).toBeGreaterThan(share * macs(resnet));
    }
  },
);

test('the share that a goal came to gives the same channels again', async () => {
  for (const goal of [{ macs: 0.6 }, { macs: 0.4, roundTo: 4 }, { sparsity: 0.37 }]) {
    const first = await pruneChannels(resnet, goal);
    const again = await pruneChannels(resnet, {
      ...goal,
      macs: undefined as never,
      sparsity: first.report.sparsity,
    });
    expect(again.report.groups).toEqual(first.report.groups);
  }
});

test('a time is reached by measuring: here what a model multiplies', async () => {
  const measured: number[] = [];
  const measure = async (model: Model) => {
    measured.push(macs(model));
    return macs(model) / 1e6;
  };
  const limit = (0.5 * macs(resnet)) / 1e6;
  const { model, report } = await pruneChannels(resnet, { latency: { limit, measure } });
  const byMacs = await pruneChannels(resnet, { macs: 0.5 });
  expect(macs(model)).toBe(macs(byMacs.model));
  expect(report.facts.latency).toEqual({ before: macs(resnet) / 1e6, after: macs(model) / 1e6 });
  expect(measured.length).toBeLessThan(12);
  const easy = await pruneChannels(resnet, { latency: { limit: 2 * limit, measure } });
  expect(easy.model).toBe(resnet);
  expect(easy.report.warnings.join()).toMatch(/already takes no more than/);
  await expect(pruneChannels(resnet, { latency: { limit: limit / 1000, measure } })).rejects.toThrow(
    /cannot be reached by pruning: the model takes [\d.]+ ms as it is, and [\d.]+ ms without all that may go/,
  );
});

test('fewest channels, of all groups and of each', async () => {
  for (const [before, after] of Object.values(await counts({ sparsity: 0.9, minChannels: 6 })))
    expect(after).toBeGreaterThanOrEqual(Math.min(6, before!));
  // A tenth stays where nothing is said.
  for (const [before, after] of Object.values(await counts({ sparsity: 0.95 })))
    expect(after).toBeGreaterThanOrEqual(Math.ceil(before! / 10));
  const own = await counts({ sparsity: 0.9, minChannels: ({ channels }) => channels - 1 });
  for (const [before, after] of Object.values(own)) expect(after).toBeGreaterThanOrEqual(before! - 1);
});

test('an importance of your own decides', async () => {
  const score = async (_: Model, groups: readonly { name: string; channels: number }[]) =>
    new Map(
      groups.map(({ name, channels }) => [name, Float64Array.from({ length: channels }, (__, c) => c)]),
    );
  const last = { name: 'last', summary: 'the first go', needsData: false, isComparable: true, score };
  const { model, report } = await pruneChannels(smallNet(), { sparsity: 0.3, importance: last });
  expect(report.title).toContain('by last');
  // Of channels 0..3 and 0..2 both first ones go.
  expect(report.groups.slice(0, 2).map(({ after }) => after)).toEqual([3, 2]);
  const kept = model.graph.initializers.get('norm1.weight')!.tensor!.data as Float32Array;
  expect([...kept]).toEqual(
    [...(smallNet().graph.initializers.get('norm1.weight')!.tensor!.data as Float32Array)].slice(1),
  );
});

test('taylor and fisher choose by the data', async () => {
  const data = stripes({ side: 4, count: 64 });
  for (const importance of ['taylor', 'fisher'])
    expect((await counts({ sparsity: 0.3, importance, data }, smallNet())).dense1).toEqual([2, 2]);
});

test('a wide layer, whose every channel alone changes the loss little, keeps its share', async () => {
  const data = stripes({ side: 4, count: 64 });
  const layers = [conv2d(4, 3), relu(), conv2d(40, 3), relu(), flatten(), dense(2)];
  const { model } = await fit(sequential([1, 4, 4], layers, { seed: 3 }), data, { epochs: 8 });
  for (const name of ['taylor', 'fisher']) {
    const raw = { ...importanceOf(name), isComparable: true };
    const emptied = await counts({ sparsity: 0.75, importance: raw, data }, model);
    expect([emptied.conv1, emptied.conv2]).toEqual([
      [4, 4],
      [40, 7],
    ]);
    const { conv1, conv2 } = await counts({ sparsity: 0.75, importance: name, data }, model);
    expect(conv1![1]).toBeLessThan(4);
    expect(conv2![1]).toBeGreaterThan(7);
  }
});

test.each<[string, ChannelOptions, RegExp]>([
  ['no goal', {}, /was said by none/],
  ['two goals', { sparsity: 0.5, macs: 0.5 }, /was said by 'sparsity' and 'macs'/],
  ['all channels', { sparsity: 1 }, /'sparsity' is the share of channels that go.*was 1/],
  ['no work', { macs: 0 }, /'macs' is the share of multiply-accumulates that stay.*was 0/],
  ['no time', { latency: { limit: 0, measure: async () => 1 } }, /'latency' must be a number of ms/],
  ['half a channel', { sparsity: 0.5, roundTo: 1.5 }, /'roundTo' must be a whole number/],
  ['none at all', { sparsity: 0.5, minChannels: 0 }, /'minChannels' must be a whole number/],
  ['a scope', { sparsity: 0.5, scope: 'local' as 'global' }, /ranking.*'local'/],
  ['out of reach', { macs: 0.01 }, /0.01 of the MACs cannot be reached: without all that may go 0\.\d+/],
  ['all kept', { sparsity: 0.5, keep: ['*'] }, /No channel of the model may be removed \(.*kept by/],
  ['without factors', { sparsity: 0.5, importance: 'bn', keep: ['norm1*'] }, /bn says nothing of it/],
])('refuses %s', async (_, options, message) => {
  await expect(pruneChannels(smallNet(), options)).rejects.toThrow(message);
});

test('a model without inner channels has none to lose; one that loses nothing says so', async () => {
  await expect(pruneChannels(sequential([3], [dense(2)]), { sparsity: 0.5 })).rejects.toThrow(
    /No channel of the model may be removed/,
  );
  const { model, report } = await pruneChannels(smallNet(), { sparsity: 0.1 });
  expect(model).toBeInstanceOf(Model);
  expect(report.warnings).toEqual(['Nothing was removed: no group can lose so few channels. Ask for more']);
});

/** An open batch, the size of which `view` takes from the value itself, as PyTorch exports it. */
function viewed(b: GraphBuilder, x: Value, ...sizes: number[]): Value {
  const batch = b.op('Gather', [b.op('Shape', [x]), b.constant('int64', [0], [])], { axis: 0 });
  const first = b.op('Unsqueeze', [batch, b.constant('int64', [0], [1])]);
  const target = b.op('Concat', [first, b.constant('int64', sizes, [sizes.length])], { axis: 0 });
  return b.op('Reshape', [x, target]);
}

test('work behind a computed Reshape is counted, so that each round goes as far as it should', async () => {
  const model = build(({ b, weights }) => {
    const x = b.input('x', 'float32', ['N', 1, 4, 4]);
    const y = b.op('Relu', [b.op('Conv', [x, weights('first', 8, 1, 3, 3)])]);
    const again = viewed(b, viewed(b, y, 8, -1), 8, 2, 2);
    const z = b.op('Relu', [b.op('Conv', [again, weights('second', 16, 8, 2, 2)])]);
    b.output(b.op('Gemm', [viewed(b, z, -1), weights('head', 16, 2)]), 'scores');
  });
  const options = { macs: 0.5, schedule: 'gradual', rounds: 2, epochs: 2 } as const;
  const { report } = await prune(model, stripes({ side: 4, count: 64 }), options);
  const { before, after } = report.facts;
  expect(before.macs).toBe(4 * 8 * 9 + 16 * 8 * 4 + 16 * 2);
  expect(after.macs).toBeLessThanOrEqual(0.5 * before.macs);
  expect(after.macs).toBeGreaterThan(0.35 * before.macs);
});

test('a target of Reshape that is computed from an open batch, as PyTorch exports `view`, keeps no channels', async () => {
  const model = build(({ b, weights }) => {
    const x = b.input('x', 'float32', ['N', 1, 4, 4]);
    const y = b.op('Relu', [b.op('Conv', [x, weights('w', 8, 1, 3, 3), weights('bias', 8)])]);
    b.output(b.op('Gemm', [viewed(b, y, -1), weights('head', 32, 3)]), 'scores');
  });
  const { model: pruned, report } = await pruneChannels(model, { sparsity: 0.5 });
  expect(report.groups[0]).toMatchObject({ before: 8, after: 4 });
  expect(pruned.graph.inputs[0]!.shape).toEqual(['N', 1, 4, 4]);
  expect(pruned.graph.initializers.get('head')!.shape).toEqual([16, 3]);
  // What nothing reads may be anything: with those channels at 0 the dense one gives the same.
  const own = pruned.graph.initializers.get('bias')!.tensor!.data as Float32Array;
  const dense = model.clone();
  const head = dense.graph.initializers.get('head')!.tensor!.data as Float32Array;
  (model.graph.initializers.get('bias')!.tensor!.data as Float32Array).forEach((value, channel) => {
    if (!own.includes(value)) head.fill(0, 12 * channel, 12 * (channel + 1));
  });
  for (const batch of [1, 3]) await expectSameOutputs(dense, pruned, { shapes: { x: [batch, 1, 4, 4] } });
});
