import { describe, expect, test } from 'vitest';
import { type Model, Node, Tensor, Value } from '../../../../src/ir/index.ts';
import { dependencyGroups, type Group, removeChannels } from '../../../../src/prune/index.ts';
import { architecture, architectures } from '../../../../src/zoo/index.ts';
import { expectSameOutputs } from '../../../support/same-outputs.ts';
import { masked } from './masked.ts';
import { nets, Writer } from './nets.ts';
import { rng } from './random.ts';
import { shaken } from './shaken.ts';

const removable = ({ obstacle, channels }: Group): boolean => obstacle === undefined && channels > 1;

/** About half of the channels of every group, at random. */
function half(groups: readonly Group[], seed = 1): Map<string, number[]> {
  const random = rng(seed);
  return new Map(
    groups.filter(removable).map(({ name, channels }) => {
      const gone = [...Array(channels).keys()].filter(() => random() < 0.5);
      return [name, gone.length === channels ? gone.slice(1) : gone.length ? gone : [channels - 1]];
    }),
  );
}

describe('gives what the full model gives when nothing reads the removed channels', () => {
  test.each(Object.keys(nets))('%s', async (name) => {
    const model = nets[name]!;
    const { groups } = dependencyGroups(model);
    const removal = half(groups);
    expect(removal.size, 'groups to prune').toBeGreaterThan(0);
    const pruned = removeChannels(model, removal);
    await expectSameOutputs(masked(model, groups, removal), pruned);
    const before = parameters(model);
    expect(parameters(pruned)).toBeLessThan(before);
    expect(parameters(model), 'the input is not changed').toBe(before);
  });

  test.each(Object.keys(architectures))('%s of the zoo', { timeout: 120_000 }, async (name) => {
    const sample = name === 'dscnn' ? [1, 49, 10] : [3, 32, 32];
    const model = shaken(architecture(name, { sample, classes: 10 }));
    const { groups } = dependencyGroups(model);
    const removal = half(groups);
    const pruned = removeChannels(model, removal);
    const full = masked(model, groups, removal);
    const stream = groups.find((group) => group.name === 'patch_embed.proj');
    if (stream) maskMeans(full, stream, removal.get(stream.name)!);
    await expectSameOutputs(full, pruned, { shapes: { input: [2, ...sample] }, tolerance: 1e-4 });
  });
});

const parameters = (model: Model): number =>
  [...model.graph.initializers.values()].reduce((sum, { tensor }) => sum + tensor!.size, 0);

/** Means over the channels that stay only, as a normalization of fewer channels has them. */
function maskMeans(model: Model, stream: Group, removed: readonly number[]): void {
  const { graph } = model;
  const gone = new Set(removed);
  const factor = stream.channels / (stream.channels - gone.size);
  const mask = Array.from({ length: stream.channels }, (_, i) => (gone.has(i) ? 0 : factor));
  const value = graph.addInitializer(new Value('mask', undefined, Tensor.of('float32', mask)));
  for (const node of graph.nodes.filter(({ opType }) => opType === 'ReduceMean')) {
    const out = new Value(`${node.output().name}.masked`);
    const mul = new Node({ opType: 'Mul', inputs: [node.input(0), value], outputs: [out] });
    graph.insert(mul, node);
    node.setInput(0, out);
  }
}

test('an axis keeps at least one channel, and a mistake is named', () => {
  const model = nets.concat!;
  const [group] = dependencyGroups(model).groups.filter(removable);
  const all = [...Array(group!.channels).keys()];
  expect(() => removeChannels(model, new Map([[group!.name, all]]))).toThrow(/at least one/);
  expect(() => removeChannels(model, new Map([[group!.name, [99]]]))).toThrow(/0 to 3.*99/);
  expect(() => removeChannels(model, new Map([['nothing', [0]]]))).toThrow(/nothing/);
  const output = dependencyGroups(model).groups.find(({ obstacle }) => obstacle)!;
  expect(() => removeChannels(model, new Map([[output.name, [0]]]))).toThrow(/graph output 'y'/);
});

test('an operator without a rule keeps the channels that reach it, and is named', () => {
  const w = new Writer();
  const x = w.g.input('x', 'float32', [1, 3, 4, 4]);
  const one = w.conv(x, 4);
  const det = w.g.op('Det', [one]);
  w.g.output(det, 'det');
  w.g.output(w.conv(w.conv(one, 5), 2), 'y');
  const model = nets.concat!.clone();
  model.graph = w.g.graph;
  const { groups } = dependencyGroups(model);
  expect(groups[0]!.obstacle).toMatch(/Det .*channels Edgebook does not know/);
  expect(groups[1]!.obstacle).toBeUndefined();
});
