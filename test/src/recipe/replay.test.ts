import { expect, test } from 'vitest';
import { Ledger } from '../../../src/ledger/index.ts';
import { readModel, writeModel } from '../../../src/onnx/index.ts';
import {
  type Recipe,
  readRecipe,
  recipeOf,
  replay,
  runStep,
  sha256,
  stepOf,
  steps,
  writeRecipe,
} from '../../../src/recipe/index.ts';
import { temporaryFolder } from '../ledger/fixture.ts';
import { toyData, toyModel } from './fixture.ts';

const data = toyData();
const source = toyModel();
const openData = async () => data;
const options = { epochs: 2, batchSize: 32, seed: 3, augment: { noise: 0.1 } };

/** A model trained on and then rewritten, in a ledger of its own. */
async function example(): Promise<{ ledger: Ledger; recipe: Recipe; content: Uint8Array }> {
  const ledger = await Ledger.open(temporaryFolder(), { readModel, writeModel });
  const root = await ledger.add({ name: 'net', model: source, step: 'load' });
  const trained = await runStep({ step: stepOf('train', steps), options, content: source, data });
  const tuned = await ledger.add({
    ...{ name: 'tuned', model: trained.content, parent: root, step: 'train', options, data: data.name },
    dataHash: trained.dataHash!,
  });
  const rewritten = await runStep({
    ...{ step: stepOf('optimize', steps), options: { fix: 'N=1' }, content: trained.content },
  });
  const small = await ledger.add({
    ...{ name: 'small', model: rewritten.content, parent: tuned, step: 'optimize', options: { fix: 'N=1' } },
    metrics: { accuracy: 0.9 },
  });
  return { ledger, recipe: recipeOf(small, steps), content: rewritten.content };
}

let made: Recipe;
let bytes: Uint8Array;

test('the recipe of a lineage gives the same bytes, twice', async () => {
  const { recipe, content } = await example();
  [made, bytes] = [recipe, content];
  expect(recipe).toMatchObject({
    source: { name: 'net', sha256: sha256(source) },
    steps: [{ step: 'train', options, data: { name: 'toy' } }, { step: 'optimize' }],
    result: { name: 'small', sha256: sha256(content) },
    measured: { accuracy: 0.9 },
  });
  const file = writeRecipe(recipe);
  const all = { steps, openData };
  for (let run = 0; run < 2; run++) {
    const again = await replay(readRecipe(file), source, all);
    expect(Buffer.compare(again.content, content)).toBe(0);
    expect(again.report.isSame).toBe(true);
    expect(again.report.rows.map(({ same }) => same)).toEqual(['yes', 'yes']);
  }
});

test('other options or another seed give other bytes, and the report says so', async () => {
  const [first, ...rest] = made.steps;
  const other = { ...made, steps: [{ ...first!, options: { ...options, seed: 4 } }, ...rest] };
  const { report, content } = await replay(other, source, { steps, openData });
  expect(Buffer.compare(content, bytes)).not.toBe(0);
  expect(report.isSame).toBe(false);
  expect(report.warnings.join()).toMatch(/The machine is the same as far as is known/);
  const elsewhere = { ...other, machine: { ...made.machine, cpu: 'another' } };
  const told = await replay(elsewhere, source, { steps, openData });
  expect(told.report.warnings.join()).toMatch(/what differs: cpu: .* here, another there/);
});

test('another model takes the same steps; nothing is claimed of its bytes', async () => {
  const { report, content } = await replay(made, toyModel(7), { steps, openData });
  expect(report.isSame).toBeUndefined();
  expect(report.warnings.join()).toMatch(/The model is not net of the recipe/);
  expect(Buffer.compare(content, bytes)).not.toBe(0);
});

test('other data are refused, unless they are asked for', async () => {
  const other = async () => toyData('toy', 9);
  await expect(replay(made, source, { steps, openData: other })).rejects.toThrow(
    /data of step 'train' must be toy of fingerprint .* To apply the recipe to other data name them/,
  );
  const { report } = await replay(made, source, { steps, openData: other, otherData: true });
  expect(report.isSame).toBeUndefined();
  expect(report.warnings.join()).toMatch(/data are not those of the recipe/);
});

test('a step that was run is taken from the cache, by all that decides it; fresh runs it again', async () => {
  const { ledger } = await example();
  const all = { steps, openData, cache: ledger };
  const cached = async (more = {}, recipe = made) =>
    (await replay(recipe, source, { ...all, ...more })).report.rows.map((row) => row.cached !== undefined);
  expect(await cached()).toEqual([false, false]);
  expect(await cached()).toEqual([true, true]);
  expect(await cached({ fresh: true })).toEqual([false, false]);
  const [first, ...rest] = made.steps;
  const { seed, ...others } = options;
  expect(
    await cached({}, { ...made, steps: [{ ...first!, options: { seed, ...others } }, ...rest] }),
  ).toEqual([true, true]);
  expect(
    await cached({}, { ...made, steps: [{ ...first!, options: { ...options, seed: 5 } }, ...rest] }),
  ).toEqual([false, false]);
  expect(await cached({ openData: async () => toyData('toy', 2), otherData: true })).toEqual([false, false]);
});

test('an interrupted step is not kept', async () => {
  const { ledger } = await example();
  const controller = new AbortController();
  const onStep = () => controller.abort(new Error('stop'));
  const all = { steps, openData, cache: ledger };
  await expect(replay(made, source, { ...all, signal: controller.signal, onStep })).rejects.toThrow('stop');
  const { report } = await replay(made, source, all);
  expect(report.rows[0]!.cached).toBeUndefined();
});

test('a model that a step needs beside its own must be given, before any work', async () => {
  const [first, ...rest] = made.steps;
  const teacher = toyModel(5);
  const recipe = { ...made, steps: [{ ...first!, models: { teacher: sha256(teacher) } }, ...rest] };
  await expect(replay(recipe, source, { steps, openData })).rejects.toThrow(
    /Step 1, train, needs the model [0-9a-f]{12} as its teacher: give its ONNX file too/,
  );
  const { report } = await replay(recipe, source, { steps, openData, models: [teacher] });
  expect(report.rows).toHaveLength(2);
});

test('unknown steps and options are refused', async () => {
  const [first] = made.steps;
  const recipe = (step: string, own: object) => ({
    ...made,
    steps: [{ ...first!, step, options: own }] as Recipe['steps'],
  });
  await expect(replay(recipe('trian', {}), source, { steps, openData })).rejects.toThrow(
    /Did you mean 'train'/,
  );
  await expect(replay(recipe('train', { epoch: 1 }), source, { steps, openData })).rejects.toThrow(
    /Unknown option of the step 'train' 'epoch'. Did you mean 'epochs'/,
  );
});

test('a recipe begins with the last model that no known step made; without a step there is none', async () => {
  const { ledger } = await example();
  const named = await ledger.add({ name: 'mine', model: toyModel(8), step: 'by hand', parent: 'small' });
  expect(() => recipeOf(named, steps)).toThrow(/'mine' has no recipe: .* but by 'by hand'/);
  const child = await ledger.add({ name: 'child', model: toyModel(9), step: 'optimize', parent: named });
  expect(recipeOf(child, steps)).toMatchObject({
    source: { name: 'mine', made: 'by hand' },
    steps: [{ step: 'optimize' }],
  });
});
