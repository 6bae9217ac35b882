import { expect, test } from 'vitest';
import { evaluate } from '../../../src/bench/index.ts';
import type { Model } from '../../../src/ir/index.ts';
import { writeModel } from '../../../src/onnx/index.ts';
import {
  ChannelReport,
  type Importance,
  importanceOf,
  type PruneOptions,
  prune,
  pruneChannels,
  reestimateNormalizations,
  WeightPruningReport,
} from '../../../src/prune/index.ts';
import { fit, plateau, type Schedule } from '../../../src/train/index.ts';
import { stripes } from '../train/stripes.ts';
import { numbersOf, smallNet } from './net.ts';

const data = stripes({ side: 4, count: 128 });
const training = { batchSize: 32, learningRate: 5e-3 };
const { model: dense } = await fit(smallNet(), data, { ...training, epochs: 4 });
const accuracy = async (model: Model) => (await evaluate(writeModel(model), data)).accuracy;
const removed = (report: ChannelReport) =>
  report.groups.reduce((sum, { before, after }) => sum + before - after, 0);
const groupsOf = ({ report }: Awaited<ReturnType<typeof prune>>) => {
  expect(report.pruning).toBeInstanceOf(ChannelReport);
  return report.pruning as ChannelReport;
};

test('without training: the channels that pruneChannels takes, then statistics of what is left', async () => {
  const { model, report } = await prune(dense, data, { epochs: 0, sparsity: 0.5 });
  const { model: bare } = await pruneChannels(dense, { sparsity: 0.5 });
  const { model: expected } = await reestimateNormalizations(bare, data);
  expect(writeModel(model)).toEqual(writeModel(expected));
  expect(report.trainings).toEqual([]);
  for (const side of ['inputs', 'outputs'] as const)
    expect(model.graph[side].map(({ name, shape }) => [name, shape])).toEqual(
      dense.graph[side].map(({ name, shape }) => [name, shape]),
    );
});

test('trained on, a pruned model does better, and the same for a seed', async () => {
  const options = { sparsity: 0.6, epochs: 3, training } as const;
  const first = await prune(dense, data, options);
  expect(await accuracy(first.model)).toBeGreaterThan(0.85);
  expect(first.report.facts.after.macs).toBeLessThan(first.report.facts.before.macs);
  expect(first.report.trainings.map(({ history }) => history.length)).toEqual([12]);
  expect(writeModel((await prune(dense, data, options)).model)).toEqual(writeModel(first.model));
});

test.each(['gradual', 'polynomial'] as const)(
  '%s: in rounds to the same goal, with training between',
  async (schedule) => {
    const steps: number[] = [];
    const found = await prune(dense, data, {
      ...{ schedule, rounds: 2, epochs: 3, sparsity: 0.5, training },
      onProgress: (progress) => steps.push(...(progress.steps ?? []).map(({ step }) => step)),
    });
    // Half of 7 channels, as at once.
    expect(removed(groupsOf(found))).toBe(3);
    expect(found.report.trainings.map(({ history }) => history.length)).toEqual([4, 8]);
    // Steps are counted through.
    expect(steps).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const byWork = await prune(dense, data, { schedule, rounds: 3, epochs: 3, macs: 0.5, training });
    const { before, after } = byWork.report.facts;
    expect(after.macs).toBeLessThanOrEqual(0.5 * before.macs);
    expect(groupsOf(byWork).facts.after.macs).toBe(after.macs);
  },
);

test('in rounds too, a group keeps its fewest channels', async () => {
  const { groups } = groupsOf(
    await prune(dense, data, { schedule: 'gradual', epochs: 4, sparsity: 0.9, minChannels: 2, training }),
  );
  expect(groups.map(({ after }) => after)).toEqual([2, 2, 2]);
});

test('weights stay 0 through the training; 2:4 holds in every block', async () => {
  const sparse = await prune(dense, data, { what: 'unstructured', sparsity: 0.75, epochs: 2, training });
  expect(sparse.report.pruning).toBeInstanceOf(WeightPruningReport);
  const weights = ['conv1.weight', 'conv2.weight', 'dense1.weight'].flatMap((name) => [
    ...numbersOf(sparse.model, name),
  ]);
  expect(weights.filter((w) => w === 0)).toHaveLength(Math.round(0.75 * weights.length));
  expect(weights.filter((w) => w !== 0).some((w) => !numbersOf(dense, 'conv2.weight').includes(w))).toBe(
    true,
  );
  const { model } = await prune(dense, data, { what: { n: 2, m: 4 }, epochs: 1, training });
  const kernel = numbersOf(model, 'conv2.weight');
  for (let filter = 0; filter < 3; filter++)
    for (let place = 0; place < 9; place++)
      expect(
        [0, 1, 2, 3].filter((c) => kernel[filter * 36 + c * 9 + place] !== 0).length,
      ).toBeLessThanOrEqual(2);
});

test('the rate stays until the last weights are gone, unless they go at once or the user says otherwise', async () => {
  const bytes = async (options: PruneOptions, schedule?: 'cosine' | Schedule) => {
    const given = { ...training, ...(schedule && { schedule }) };
    const asked = { what: 'unstructured', sparsity: 0.75, epochs: 3, ...options, training: given } as const;
    return writeModel((await prune(dense, data, asked)).model);
  };
  const [falling, staying] = ['cosine' as const, plateau({ hold: 0.5 })];
  for (const schedule of ['polynomial', 'gradual'] as const) {
    expect(await bytes({ schedule })).toEqual(await bytes({ schedule }, staying));
    expect(await bytes({ schedule })).not.toEqual(await bytes({ schedule }, falling));
  }
  expect(await bytes({})).toEqual(await bytes({ schedule: 'polynomial' }));
  expect(await bytes({ schedule: 'oneshot' })).toEqual(await bytes({ schedule: 'oneshot' }, falling));
});

test('distilled, it follows the dense model where the labels are all wrong', async () => {
  const wrong = stripes({ side: 4, count: 128 });
  const train = wrong.split('train');
  const labels = Uint8Array.from(train.labels!, (label) => 1 - Number(label));
  const lying = wrong.with({
    name: 'lies',
    splits: { train: { ...train, labels }, test: wrong.split('test') },
  });
  const options = { sparsity: 0.3, epochs: 6, training: { ...training, learningRate: 1e-2 } };
  expect(await accuracy((await prune(dense, lying, { ...options, distill: true })).model)).toBeGreaterThan(
    0.85,
  );
  expect(await accuracy((await prune(dense, lying, options)).model)).toBeLessThan(0.5);
});

test('an interruption throws, or keeps what the last training reached', async () => {
  const interrupted = (options: PruneOptions) => {
    const controller = new AbortController();
    return prune(dense, data, {
      ...{ ...options, epochs: 50, training, signal: controller.signal },
      onProgress: ({ steps }) => steps && controller.abort(new Error('enough')),
    });
  };
  await expect(interrupted({})).rejects.toThrow('enough');
  for (const what of ['channels', 'unstructured'] as const) {
    const { report } = await interrupted({ what, keepInterrupted: true });
    expect(report.trainings[0]!.history.length).toBeLessThan(200);
    expect(report.warnings.join()).toMatch(/Interrupted: normalizations keep the statistics/);
  }
  // Between rounds there is nothing to keep yet.
  await expect(interrupted({ schedule: 'gradual', keepInterrupted: true })).rejects.toThrow('enough');
});

test.each<[string, PruneOptions, RegExp]>([
  ['half an epoch', { epochs: 0.5 }, /'epochs' must be a whole number of 0 or more, was 0.5/],
  ['no round', { rounds: 0 }, /'rounds' must be a whole number of 1 or more/],
  ['rounds without training', { schedule: 'gradual', epochs: 1 }, /needs at least 2 epochs, there are 1/],
  ['more rounds than epochs', { schedule: 'gradual', epochs: 2, rounds: 3 }, /needs at least 3 epochs/],
  [
    'a time in rounds',
    { schedule: 'polynomial', epochs: 4, latency: { limit: 1, measure: async () => 1 } },
    /'latency' is reached in one go/,
  ],
  [
    'two goals in rounds',
    { schedule: 'gradual', epochs: 2, macs: 0.5, sparsity: 0.5 },
    /'sparsity' and 'macs'/,
  ],
  ['two teachers', { distill: true, training: { loss: 'ce' } }, /'distill' learns the scores/],
  ['work of weights', { what: 'unstructured', macs: 0.5 }, /'macs' is for channels/],
  ['blocks of weights', { what: 'unstructured', roundTo: 8 }, /'roundTo' is for channels/],
  [
    'factors of weights',
    { what: 'unstructured', importance: 'bn' },
    /taylor, fisher, was 'bn', which is for/,
  ],
  ['a share of 2:4', { what: { n: 2, m: 4 }, sparsity: 0.9 }, /makes 50 % of the weights 0/],
])('refuses %s', async (_, options, message) => {
  await expect(prune(dense, data, options)).rejects.toThrow(message);
});

test('importance is about the loss that is trained', async () => {
  const seen: unknown[] = [];
  const importance: Importance = {
    ...{ name: 'probe', summary: 'tells what it is asked', needsData: false },
    score: (model, groups, options) => {
      seen.push(options.loss);
      return importanceOf('l2').score(model, groups, options);
    },
  };
  const training = { loss: 'bce', labelSmoothing: 0.1, seed: 1 } as const;
  await prune(smallNet(), data, { importance, epochs: 0, training });
  expect(seen).toEqual([{ loss: 'bce', labelSmoothing: 0.1 }]);
  const sparse = async (loss: 'bce' | 'mse') =>
    numbersOf(
      (
        await prune(smallNet(), data, {
          ...{ what: 'unstructured', importance: 'taylor', sparsity: 0.7, epochs: 0 },
          training: { loss },
        })
      ).model,
      'conv2.weight',
    );
  expect(await sparse('bce')).not.toEqual(await sparse('mse'));
});
