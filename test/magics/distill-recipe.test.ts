import { beforeAll, expect, test } from 'vitest';
import { recipeSteps } from '../../magics/recipe-steps.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { recipeOf, replay } from '../../src/recipe/index.ts';
import { stripes } from '../src/train/stripes.ts';
import { type MagicSession, magicSession } from './session.ts';

const data = stripes({ count: 128, side: 8 });
let session: MagicSession;
const run = async (line: string) => (await session.run(line)) as Variant;
const again = (variant: Variant, source: Variant, models: Uint8Array[] = []) =>
  replay(recipeOf(variant, recipeSteps), source.content(), {
    ...{ steps: recipeSteps, openData: async () => data, models },
  });

beforeAll(async () => {
  session = await magicSession();
  session.variables.set('stripes', data);
  await run('%train mobile --data stripes --batch 32 --epochs 2');
});

test('a fresh student is made again from its teacher alone', async () => {
  const teacher = session.variables.get('mobile') as Variant;
  const student = await run('%distill mobile mlp --loss kl,mse=0.1 --batch 32 --cache --seed 3');
  const recipe = recipeOf(student, recipeSteps);
  expect(recipe.source.sha256).toBe(teacher.id);
  expect(recipe.steps).toMatchObject([
    { step: 'distill', options: { architecture: 'mlp', cache: true }, models: { teacher: teacher.id } },
  ]);
  const { report, content } = await again(student, teacher);
  expect(report.isSame).toBe(true);
  expect(content).toEqual(new Uint8Array(student.content()));
});

test('a student of one’s own needs the teacher too, and then gives the same bytes', async () => {
  const teacher = session.variables.get('mobile') as Variant;
  const start = await run('%train lenet --data stripes --batch 32');
  const student = await run('%distill mobile lenet --batch 32 --continue --as pupil');
  expect(student.parent).toBe(start.id);
  await expect(again(student, start)).rejects.toThrow(/needs the model .* as its teacher/);
  expect((await again(student, start, [teacher.content()])).report.isSame).toBe(true);
});
