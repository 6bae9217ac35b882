import { expect, test } from 'vitest';
import type { Variant } from '../../src/ledger/index.ts';
import { stripes } from '../src/train/stripes.ts';
import { magicSession } from './session.ts';

const setup = async () => {
  const session = await magicSession();
  session.variables.set('stripes', stripes({ count: 128, side: 8 }));
  return session;
};

const train = '%train mlp --data stripes --batch 32 --epochs 2';

test('the same training is kept, told as such, and has the same figures; --fresh runs it again', async () => {
  const { run, bars } = await setup();
  const first = (await run(train)) as Variant;
  const second = (await run(`${train} --as again`)) as Variant;
  expect(second).toMatchObject({
    ...{ id: first.id, name: 'again', metrics: first.metrics, tested: first.tested },
    ...{ options: first.options, data: 'stripes', dataHash: first.dataHash },
  });
  expect(bars.at(-1)).toMatch(/^train again: kept from .* UTC; --fresh makes it again$/);
  expect(second.report!.warnings[0]).toMatch(/^Cached: made on/);
  expect(second.report!.rows).toEqual(first.report!.rows);
  const fresh = (await run(`${train} --fresh`)) as Variant;
  expect(fresh.id).toBe(first.id);
  expect(bars.at(-1)).not.toMatch(/kept/);
  expect(fresh.report!.warnings).toEqual(first.report!.warnings);
});

test('other options, data or a model of other weights are worked on', async () => {
  const { run, bars, variables } = await setup();
  await run(train);
  await run(`${train} --seed 1`);
  await run('%train mlp --data stripes --batch 32 --epochs 2 --continue');
  variables.set('stripes', stripes({ count: 160, side: 8 }));
  await run(train);
  expect(bars.filter((bar) => bar.includes('kept'))).toEqual([]);
  variables.set('same', stripes({ count: 160, side: 8 }));
  const same = (await run(`${train.replace('stripes', 'same')} --as same_data`)) as Variant;
  expect(bars.at(-1)).toMatch(/kept from/);
  expect(same.data).toBe('stripes');
});

test('the curve of a kept training is drawn where it would have been, and can be plotted', async () => {
  const { run, context, shown } = await setup();
  await run(train);
  await run(train);
  expect(shown).toEqual([]);
  Object.assign(context, { curve: () => ({ update: () => {}, done: () => {} }) });
  await run(train);
  expect(shown).toMatchObject([{ title: 'Training loss' }]);
  expect(await run('%plot curve mlp')).toMatchObject({ title: 'Training loss' });
});

test('the same pruning is kept', async () => {
  const { run, bars } = await setup();
  await run(train);
  const prune = '%prune mlp --sparsity 0.5 --batch 32';
  const pruned = (await run(prune)) as Variant;
  expect(bars.at(-1)).not.toMatch(/kept/);
  expect(await run(prune)).toMatchObject({ id: pruned.id, metrics: pruned.metrics, options: pruned.options });
  expect(bars.at(-1)).toMatch(/^prune mlp: kept from/);
  await run('%prune mlp --sparsity 0.4 --batch 32');
  expect(bars.at(-1)).not.toMatch(/kept/);
});

test('a training that is interrupted is not kept', async () => {
  const session = await setup();
  const stopped = AbortSignal.abort(new Error('stop'));
  const { run, bars, context } = session;
  Object.assign(context, { signal: stopped });
  await expect(run(train)).rejects.toThrow('stop');
  Object.assign(context, { signal: new AbortController().signal });
  await run(train);
  expect(bars.filter((bar) => bar.includes('kept'))).toEqual([]);
});

test('the same quantization and distillation are kept', async () => {
  const { run, bars } = await setup();
  await run(train);
  const q = (await run('%quantize mlp --samples 64')) as Variant;
  const again = (await run('%quantize mlp --samples 64 --as again')) as Variant;
  expect(again).toMatchObject({ id: q.id, name: 'again', options: q.options, parent: q.parent });
  expect(bars.at(-1)).toMatch(/^quantize mlp: kept from/);
  await run('%quantize mlp --samples 32 --as other');
  expect(bars.at(-1)).toMatch(/calibrated with 32 samples/);
  const distill = '%distill mlp lenet --batch 32';
  const student = (await run(distill)) as Variant;
  expect(bars.at(-1)).not.toMatch(/kept/);
  expect((await run(distill)) as Variant).toMatchObject({ id: student.id, metrics: student.metrics });
  expect(bars.at(-1)).toMatch(/kept from/);
  await run(`${distill} --fresh`);
  expect(bars.at(-1)).not.toMatch(/kept/);
});
