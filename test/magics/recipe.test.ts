import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openDataset } from '../../src/data/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { readRecipe, sha256 } from '../../src/recipe/index.ts';
import type { Report } from '../../src/report.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
let folder: string;
let small: Variant;
const run = (line: string) => session.run(line);

/** The command in the session's folder. */
function apply(...args: string[]) {
  const cli = join(import.meta.dirname, '../../kernel/cli.ts');
  const child = spawnSync(process.execPath, [cli, 'apply', ...args], { cwd: folder, encoding: 'utf8' });
  return { code: child.status, out: child.stdout, told: child.stderr };
}

beforeAll(async () => {
  session = await magicSession();
  folder = session.context.cwd;
  const mnist = await openDataset('mnist', { cwd: folder });
  session.variables.set('few', mnist.take(640));
  await run('%train lenet --data few --lr 3e-3');
  await run('%train lenet --data few --continue --epochs 1 --seed 4 --as tuned');
  await run('%fuse tuned --as fused');
  small = (await run('%quantize fused --samples 96 --test 0 --as small')) as Variant;
  copyFileSync((session.variables.get('lenet') as Variant).path, join(folder, 'lenet.onnx'));
}, 120_000);

test('%recipe writes the steps since the model that it began with, in words and as a file', async () => {
  const report = (await run('%recipe small recipe.json')) as Report;
  expect(report.title).toBe('lenet → small in 3 steps: recipe.json');
  const recipe = readRecipe(readFileSync(join(folder, 'recipe.json'), 'utf8'));
  expect(recipe.steps.map(({ step }) => step)).toEqual(['train', 'optimize', 'quantize']);
  expect(recipe.steps[0]).toMatchObject({ options: { seed: 4 }, data: { name: 'mnist[:640]' } });
  expect(recipe.steps[2]!.options['reduce-range']).toMatch(/observed|never/);
  expect(report.warnings).toEqual([]);
});

test('`edgebook apply` makes the notebook’s bytes again, twice', () => {
  for (const out of ['a.onnx', 'b.onnx']) {
    const { code, out: text, told } = apply('recipe.json', 'lenet.onnx', '-o', out);
    expect(code, told).toBe(0);
    expect(text).toContain('lenet → small: the same bytes');
    expect(told).toMatch(/^\[1\/3\] train$/m);
    expect(sha256(readFileSync(join(folder, out)))).toBe(small.id);
  }
}, 120_000);

test('other bytes than the recipe’s are told by exit code 1, mistakes by 2', () => {
  const recipe = JSON.parse(readFileSync(join(folder, 'recipe.json'), 'utf8'));
  recipe.steps[0].options.seed = 5;
  writeFileSync(join(folder, 'other.json'), JSON.stringify(recipe));
  const other = apply('other.json', 'lenet.onnx', '-o', 'c.onnx');
  expect(other.code, other.told).toBe(1);
  expect(other.out).toContain('other bytes');
  expect(apply('recipe.json')).toMatchObject({
    code: 2,
    told: expect.stringContaining('Usage: edgebook apply'),
  });
  expect(apply('recipe.json', 'lenet.onnx', '-o', 'lenet.onnx').told).toMatch(/is the model itself/);
  expect(apply('none.json', 'lenet.onnx').code).toBe(2);
}, 120_000);

test('a model that no step made has no recipe', async () => {
  await expect(run('%recipe lenet')).rejects.toThrow(/'lenet' has no recipe/);
});
