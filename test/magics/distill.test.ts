import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Variant } from '../../src/ledger/index.ts';
import { stripes } from '../src/train/stripes.ts';
import { magicSession } from './session.ts';

const setup = async () => {
  const session = await magicSession();
  session.variables.set('stripes', stripes({ count: 128, side: 8 }));
  await session.run('%train mobile --data stripes --batch 32 --epochs 2');
  return session;
};

test('a student from the zoo, with its baseline, in ledger and report', async () => {
  const { run } = await setup();
  const student = (await run(
    '%distill mobile mlp --alpha 0.7 --loss kl,mse=0.1 --batch 32 --epochs 2 --cache --baseline',
  )) as Variant;
  expect(student).toMatchObject({ name: 'mlp', step: 'distill', data: 'stripes' });
  expect(student.options).toMatchObject({ alpha: 0.7, losses: { kl: 1, mse: 0.1 }, architecture: 'mlp' });
  expect(student.models.teacher).toMatch(/^[0-9a-f]{64}$/);
  expect(student.lineage().map(({ name }) => name)).toEqual(['mobile', 'mlp']);
  expect(student.dataHash).toMatch(/^[0-9a-f]{64}$/);
  expect(student.report!.rows.map(({ name }) => name)).toEqual(['teacher', 'student', 'labels alone']);
  expect(student.report!.rows[1]!.accuracy).toBe(student.metrics.accuracy);
  expect(student.report!.charts).toHaveLength(2);
});

test("--width scales the teacher's architecture, or says why it cannot", async () => {
  const { run } = await setup();
  await expect(run('%distill mobile')).rejects.toThrow(/needs a STUDENT/);
  await expect(run('%distill mobile --width 0.5')).rejects.toThrow(/no width to scale/);
  await expect(run('%distill mobile mlp --loss warmth')).rejects.toThrow(/loss of %distill/);
  await expect(run('%distill mobile mlp --loss feature --features a')).rejects.toThrow(
    /teacherValue=studentValue/,
  );
});

test('--cache FILE is for other students too; the recipe does not need it', async () => {
  const { run, context } = await setup();
  const first = (await run('%distill mobile mlp --batch 32 --cache scores.bin --as first')) as Variant;
  expect(existsSync(join(context.cwd, 'scores.bin'))).toBe(true);
  expect(first.options).toMatchObject({ cache: true });
  const told = (variant: Variant): string => JSON.stringify(variant.report!.charts);
  expect(told(first)).toContain("128 samples and kept in 'scores.bin'");
  const line = '%distill mobile lenet --batch 32 --cache scores.bin';
  expect(told((await run(`${line} --as second`)) as Variant)).toContain("are from 'scores.bin'");
  await run('%train mobile --data stripes --batch 32 --seed 9');
  await expect(run(`${line} --as third`)).rejects.toThrow(/'scores.bin' keeps other scores.*teacher/);
  await expect(run('%distill mobile mlp --cache nowhere/scores.bin')).rejects.toThrow(/there is no folder/);
});
