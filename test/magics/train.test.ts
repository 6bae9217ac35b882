import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluate } from '../../src/bench/index.ts';
import { Dataset, type Split } from '../../src/data/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { random } from '../../src/random.ts';
import { type MagicSession, magicSession } from './session.ts';

const session: MagicSession = await magicSession();
const { run, bars, variables } = session;

/** Rows of three numbers; `kinds` is what is known of them: the class is the sign of what is to be predicted. */
function rows(name: string, splits: Readonly<Record<string, readonly ('labels' | 'targets')[]>>): Dataset {
  const source = random(2);
  const split = (kinds: readonly string[], size: number): Split => {
    const images = Float32Array.from({ length: 3 * size }, () => source.uniform() * 2 - 1);
    const targets = Float32Array.from(
      { length: size },
      (_, i) => images[3 * i]! - images[3 * i + 1]! + 2 * images[3 * i + 2]!,
    );
    const labels = Uint8Array.from(targets, (value) => (value > 0 ? 1 : 0));
    return {
      images,
      ...(kinds.includes('labels') && { labels }),
      ...(kinds.includes('targets') && { targets }),
    };
  };
  const hasLabels = Object.values(splits).some((kinds) => kinds.includes('labels'));
  return new Dataset({
    ...{ name, sampleShape: [3], classNames: hasLabels ? ['minus', 'plus'] : [] },
    splits: Object.fromEntries(Object.entries(splits).map(([key, kinds]) => [key, split(kinds, 320)])),
    normalization: { scale: 1, mean: [0], std: [1] },
  });
}

const train = async (data: Dataset, flags = ''): Promise<Variant> => {
  variables.set(data.name, data);
  return (await run(`%train mlp --as net --data ${data.name} --epochs 8 --batch 32 ${flags}`)) as Variant;
};

test('numbers are learned by an architecture of as many outputs and tested by their loss, without an accuracy', async () => {
  const both = rows('prices', { train: ['targets'], test: ['targets'] });
  const net = await train(both, '--lr 3e-3 --export-graph prices.onnx');
  expect(net.model.graph.outputs[0]!.shape!.slice(1)).toEqual([1]);
  expect(Object.keys(net.metrics)).toEqual(['loss']);
  expect(net.metrics.loss).toBeLessThan(0.1);
  expect(net.options).toMatchObject({ loss: 'mse' });
  expect(bars.at(-1)).toBe(`train net: test loss ${net.metrics.loss!.toFixed(4)} (mean squared error)`);
  expect(net.report!.columns.map(({ key }) => key)).toEqual(['epoch', 'steps', 'loss']);
  expect(net.report!.warnings).toEqual([]);
});

test('without a test split, or one that has no labels, a model is trained, and the report says that it was not tested', async () => {
  const net = await train(rows('alone', { train: ['labels'] }));
  expect(net.metrics).toEqual({});
  expect(bars.at(-1)).toMatch(/^train net: not tested, mean loss \d\.\d{4} in the last epoch$/);
  expect(net.report!.warnings).toEqual([
    "Not tested: 'alone' has no split 'test'. Hold a part of train out, for example %data with --test 0.2",
  ]);
  const half = await train(rows('half', { train: ['labels'], test: [] }));
  expect(half.report!.warnings).toEqual(["Not tested: the test split of 'half' has no labels"]);
  const numbers = await train(rows('sums', { train: ['targets'] }), '--validation 0.2');
  expect(numbers.metrics).toEqual({});
  expect(bars.at(-1)).toMatch(/^train net: not tested, validation loss \d\.\d{4}$/);
});

test('samples without anything to learn are refused; an autoencoder takes them', async () => {
  const bare = rows('bare', { train: [], test: [] });
  await expect(train(bare)).rejects.toThrow("%train mlp: 'bare' has neither labels nor targets to learn");
  await expect(train(bare, '--classes 2')).rejects.toThrow("Split 'train' of 'bare' has no labels");
  const coder = (await run('%train autoencoder --data bare --batch 32')) as Variant;
  expect(Object.keys(coder.metrics)).toEqual(['loss']);
  const known = rows('known', { train: ['labels', 'targets'], test: ['labels', 'targets'] });
  variables.set('known', known);
  const other = (await run('%train autoencoder --as coder --data known --batch 32')) as Variant;
  expect(other.model.graph.outputs[0]!.shape!.slice(1)).toEqual([3]);
});

test('class weights make the rare class count as much', async () => {
  const whole = rows('even', { train: ['labels'], test: ['labels'] });
  const { images, labels } = whole.split('train');
  // Nine of ten samples of class 1 are left out, and of each sample one number is hidden: classes overlap.
  const kept = [...labels!.keys()].filter((i) => labels![i] === 0 || i % 10 === 0);
  const uneven = whole.with({
    name: 'uneven',
    splits: {
      train: {
        images: Float32Array.from(kept.flatMap((i) => [(images as Float32Array)[3 * i]!, 0, 0])),
        labels: Uint8Array.from(kept, (i) => labels![i]!),
      },
      test: whole.split('test'),
    },
  });
  const recall = async (flags: string): Promise<number> => {
    const { model } = await train(uneven, flags);
    const evaluation = await evaluate(writeModel(model), uneven);
    const found = evaluation.rows.find((row) => row.name === 'plus');
    return Number(found!.recall);
  };
  const [plain, balanced] = [await recall(''), await recall('--class-weights balanced')];
  expect(balanced).toBeGreaterThan(plain + 0.2);
  for (const [flag, message] of [
    ['1,x', /--class-weights must be 'balanced' or a number for each class/],
    [
      '1,2,3',
      /--class-weights must be 'balanced' or a number of 0 or more for each of the model's 2 classes.*was 1, 2, 3/,
    ],
    ['0,0', /one of them above 0, was 0, 0/],
    ['1,2 --loss bce', /--class-weights are for the loss 'ce', the loss is 'bce'/],
  ] as const)
    await expect(train(uneven, `--class-weights ${flag}`)).rejects.toThrow(message);
});
test('a column of a table is learned from the file on', async () => {
  const source = random(8);
  const lines = Array.from({ length: 300 }, () => {
    const [a, b] = [source.uniform(), source.uniform()];
    return `${a},${b},${3 * a - b}`;
  });
  writeFileSync(join(session.context.folder, 'flats.csv'), ['rooms,age,price', ...lines].join('\n'));
  await run('%data flats.csv --target price --test 0.2 --standardize');
  const net = (await run('%train mlp --as priced --data flats --epochs 20 --batch 16 --lr 3e-3')) as Variant;
  expect(net.metrics.loss).toBeLessThan(0.05);
  expect(net.report!.warnings).toEqual([]);
});
