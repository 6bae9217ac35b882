import { describe, expect, test } from 'vitest';
import { conv2d, dense, flatten, relu, sequential } from '../../../../src/layers/index.ts';
import { dependencyGroups } from '../../../../src/prune/groups/index.ts';
import { pruneWeights } from '../../../../src/prune/index.ts';
import { permuteChannels, reorderChannels } from '../../../../src/prune/permute/index.ts';
import { prune } from '../../../../src/prune/prune.ts';
import { architecture, architectures } from '../../../../src/zoo/index.ts';
import { expectSameOutputs } from '../../../support/same-outputs.ts';
import { stripes } from '../../train/stripes.ts';
import { image, nets } from '../surgery/nets.ts';
import { shaken } from '../surgery/shaken.ts';

const pattern = { n: 2, m: 4 };
const net = () =>
  sequential([1, 4, 4], [conv2d(16, 3), relu(), conv2d(12, 3), flatten(), dense(2)], { seed: 3 });

describe('reversed channels compute the same', () => {
  test.each(Object.keys(nets))('%s', async (name) => {
    const model = nets[name]!;
    const free = dependencyGroups(model).groups.filter((group) => {
      const { obstacle, channels, parts } = group;
      const isEven = parts.every((part) =>
        Array.from({ length: channels }, (_, i) => part.indices(i).length).every(
          (count) => count === part.indices(0).length,
        ),
      );
      return obstacle === undefined && channels > 1 && isEven;
    });
    const orders = new Map(
      free.map(({ name, channels }) => [name, Array.from({ length: channels }, (_, i) => channels - 1 - i)]),
    );
    await expectSameOutputs(model, reorderChannels(model, orders), { tolerance: 1e-5 });
  });
});

describe('the zoo computes the same in its new order, and 2:4 keeps more', () => {
  test.each(Object.keys(architectures))('%s', { timeout: 120_000 }, async (name) => {
    const sample = name === 'dscnn' ? [1, 49, 10] : [3, 32, 32];
    // Narrow ones have the same operators and groups.
    const width = architectures[name]!.hasWidth ? 0.25 : 1;
    const start = shaken(architecture(name, { sample, classes: 10, seed: 1, width }));
    const shapes = { input: [2, ...sample] };
    const { model, report } = await permuteChannels(start, { pattern, effort: 5e4, shapes });
    await expectSameOutputs(start, model, { shapes, tolerance: 1e-4 });
    const moved = report.rows.filter(({ note }) => note === '');
    const sum = (key: 'before' | 'after') => report.rows.reduce((total, row) => total + row[key], 0);
    if (moved.length > 0) expect(sum('after')).toBeGreaterThan(sum('before'));
    else expect(report.rows.every(({ note }) => note !== '')).toBe(true);
    // What the report says is what the masks of the new model keep.
    const pruned = await pruneWeights(model, { pattern });
    for (const { name, kept } of pruned.report.rows)
      expect(kept).toBeCloseTo(report.rows.find((row) => row.name === name)!.after, 5);
  });
});

test('channels that a later operator tells apart stay in their order', async () => {
  const model = image((w, x) => {
    const h = w.g.op('Relu', [w.conv(x, 16)]);
    const half = w.g.op('Slice', [h, w.ints([0]), w.ints([8]), w.ints([1])]);
    const mean = w.g.op('ReduceMean', [half, w.ints([1])], { keepdims: 1 });
    return w.g.op('Add', [w.conv(h, 6), mean]);
  });
  const { model: after, report } = await permuteChannels(model, { pattern });
  await expectSameOutputs(model, after);
  expect(report.rows.map(({ note }) => note)).toEqual([
    'Conv_0: its operators treat channels differently',
    '',
  ]);
});

test('pruneWeights and prune reorder first if asked, and say what it gave', async () => {
  const plain = await pruneWeights(net(), { pattern });
  const { report } = await pruneWeights(net(), { pattern, permute: true });
  const kept = ({ rows }: typeof report) => rows.reduce((sum, row) => sum + row.kept * row.weights, 0);
  expect(kept(report)).toBeGreaterThan(kept(plain.report));
  expect(report.permutation!.rows.some(({ note }) => note === '')).toBe(true);
  expect(report.warnings.join()).toMatch(/were reordered: the pattern keeps [\d.]+ % of \|w\| instead of/);
  expect(plain.report.permutation).toBeUndefined();
  for (const epochs of [0, 1]) {
    const small = sequential([1, 2, 2], [conv2d(16, 3), relu(), conv2d(12, 3), flatten(), dense(2)], {
      seed: 3,
    });
    const { report } = await prune(small, stripes(), {
      what: pattern,
      permute: true,
      epochs,
      schedule: 'oneshot',
    });
    expect(report.pruning.warnings.join()).toMatch(/were reordered/);
  }
});

test('what has no order is refused', async () => {
  await expect(pruneWeights(net(), { permute: true })).rejects.toThrow("'permute' is for patterns n:m");
  await expect(prune(net(), stripes(), { permute: true })).rejects.toThrow("'what' was 'channels'");
  await expect(permuteChannels(net(), { pattern, effort: 0 })).rejects.toThrow("'effort' must be");
  const group = dependencyGroups(net()).groups.find(({ obstacle }) => obstacle === undefined)!;
  expect(() => reorderChannels(net(), new Map([[group.name, [0, 0]]]))).toThrow('must hold each of 0 to');
  expect(() => reorderChannels(net(), new Map([['none', [0]]]))).toThrow("'none'");
});
