import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Dataset, openDataset } from '../../src/data/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { readRecipe, sha256 } from '../../src/recipe/index.ts';
import type { Report } from '../../src/report.ts';
import { stripes } from '../src/train/stripes.ts';
import { replayed } from './replayed.ts';
import { type MagicSession, magicSession } from './session.ts';

const budget = "--budget 'macs<60%, size<30%, drop<60%'";
let session: MagicSession;
let folder: string;
let small: Variant;
const run = (line: string) => session.run(line);

beforeAll(async () => {
  session = await magicSession();
  folder = session.context.cwd;
  const mnist = await openDataset('mnist', { cwd: folder });
  session.variables.set('few', mnist.take(640));
  await run('%train lenet --data few --epochs 2 --lr 3e-3');
  small = (await run(`%optimize lenet ${budget}`)) as Variant;
}, 120_000);

test('the result has a name, a report and all steps that led to it', () => {
  expect(small.name).toBe('lenet_optimized');
  expect(session.variables.get('lenet_optimized')).toBe(small);
  expect(small.report!.title).toMatch(/^lenet keeps its budget: /);
  expect(session.shown.at(-1)).toBe(small.report);
  const lineage = small.lineage();
  expect(lineage.map(({ step }) => step)).toEqual(['train', 'prune', 'distill', 'optimize', 'quantize']);
  const [source] = lineage;
  expect(lineage[2]!.models).toEqual({ teacher: source!.id });
  expect(lineage[1]!.dataHash).toBe(source!.dataHash);
  expect(small.tested).toMatch(/report half of test/);
  expect(small.bytes).toBeLessThan(0.3 * source!.bytes);
});

test('its recipe makes the same bytes again from the original’s file', async () => {
  const report = (await run('%recipe lenet_optimized recipe.json')) as Report;
  expect(report.title).toBe('lenet → lenet_optimized in 4 steps: recipe.json');
  const recipe = readRecipe(readFileSync(join(folder, 'recipe.json'), 'utf8'));
  expect(readRecipe(readFileSync(join(folder, 'lenet_optimized.recipe.json'), 'utf8'))).toEqual(recipe);
  expect(recipe.source.name).toBe('lenet');
  const [source, data] = ['lenet', 'few'].map((name) => session.variables.get(name));
  const again = await replayed(recipe, source as Variant, data as Dataset);
  expect(again.report.isSame).toBe(true);
  expect(sha256(again.content)).toBe(small.id);
});

test('every network that was tried is a variant that can be compared', async () => {
  const table = (await run('%compare')) as Report;
  const names = table.rows.map(({ variant }) => variant);
  expect(names).toEqual(
    expect.arrayContaining(['lenet_optimized_fused', 'lenet_optimized_int8', 'lenet_optimized']),
  );
  expect(names.some((name) => /^lenet_optimized_\d+_distilled$/.test(String(name)))).toBe(true);
});

test('the same again is kept, with its lineage, also under another name', async () => {
  const again = (await run(`%optimize lenet ${budget} --as other`)) as Variant;
  expect(again).toMatchObject({ id: small.id, name: 'other', tested: small.tested });
  expect(again.lineage().map(({ id }) => id)).toEqual(small.lineage().map(({ id }) => id));
  expect(session.bars.at(-1)).toMatch(/^optimize lenet: kept from/);
  expect(again.report!.warnings[0]).toMatch(/^Cached: made on/);
  expect(again.report!.rows).toEqual(small.report!.rows);
  expect(session.bars.at(-1)).toMatch(/recipe: other.recipe.json/);
  expect(readRecipe(readFileSync(join(folder, 'other.recipe.json'), 'utf8')).steps).toHaveLength(4);
});

test('a recipe that cannot be written is told before the work', async () => {
  mkdirSync(join(folder, 'blocked.recipe.json'));
  await expect(run(`%optimize lenet ${budget} --as blocked`)).rejects.toThrow(
    /'blocked.recipe.json' must be a file, is a folder/,
  );
});

test('--effort thorough keeps a budget too', async () => {
  session.variables.set('stripes', stripes({ count: 192, side: 8 }));
  await run('%train lenet --data stripes --batch 32 --epochs 2 --as lines');
  const best = (await run(
    "%optimize lines --budget 'macs<70%, drop<90%' --effort thorough --epochs 2",
  )) as Variant;
  expect(best.report!.title).toMatch(/^lines keeps its budget: /);
  const [prune] = best.lineage().filter(({ step }) => step === 'prune');
  expect(prune!.options.macs).toBeLessThan(0.7);
});

test('mistakes are told before any work', async () => {
  await expect(run('%optimize lenet')).rejects.toThrow(/budget must have a limit/);
  await expect(run("%optimize lenet --budget 'latency<5ms@jetson-orin-nano'")).rejects.toThrow(
    /'jetson-orin-nano' cannot be measured: .*local \(this machine\)/,
  );
  await expect(run("%optimize nothing --budget 'drop<1%'")).rejects.toThrow(/Unknown model/);
});
