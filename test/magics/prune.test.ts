import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { deviceKey } from '../../magics/measure-on.ts';
import type { Dataset } from '../../src/data/index.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { ChannelReport, type PruneReport, WeightPruningReport } from '../../src/prune/index.ts';
import { readRecipe, sha256 } from '../../src/recipe/index.ts';
import { displaySymbol, type Report } from '../../src/report.ts';
import { stripes } from '../src/train/stripes.ts';
import { replayed } from './replayed.ts';
import { type MagicSession, magicSession } from './session.ts';

/** Times are measured, but not for long: no test looks at how exact they are. */
vi.mock('../../src/bench/index.ts', async (original) => {
  const bench = await original<typeof import('../../src/bench/index.ts')>();
  const medianLatency: typeof bench.medianLatency = (model, options) =>
    bench.medianLatency(model, { ...options, minTime: 2 });
  return { ...bench, medianLatency };
});

let session: MagicSession;
const run = (line: string) => session.run(line);
const prune = async (flags: string): Promise<Variant> =>
  (await run(`%prune net --batch 32 ${flags}`)) as Variant;
const reportOf = ({ report }: Variant): PruneReport => report as PruneReport;

beforeAll(async () => {
  session = await magicSession();
  session.variables.set('stripes', stripes({ count: 128, side: 8 }));
  await run('%train mobile --data stripes --batch 32 --epochs 3 --lr 3e-3 --as net');
});

test('channels go, and the report tells accuracy, work, size and measured time before and after', async () => {
  const variant = await prune('--macs 0.5 --round-to 2');
  expect(variant).toMatchObject({ name: 'net_pruned', step: 'prune', data: 'stripes' });
  expect(session.variables.get('net_pruned')).toBe(variant);
  expect(variant.dataHash).toMatch(/^[0-9a-f]{64}$/);
  expect(variant.options).toEqual({
    ...{ what: 'channels', macs: 0.5, roundTo: 2, epochs: 1 },
    training: { batchSize: 32, optimizer: 'adam', seed: 0 },
  });
  const { facts, pruning, rows } = reportOf(variant);
  expect(pruning).toBeInstanceOf(ChannelReport);
  expect(facts.after.macs).toBeLessThanOrEqual(0.5 * facts.before.macs);
  expect((pruning as ChannelReport).groups.some(({ before, after }) => after < before)).toBe(true);
  for (const { before, after } of (pruning as ChannelReport).groups)
    if (after < before) expect(after % 2).toBe(0);
  expect(facts.parts![0]!.title).toMatch(/^Accuracy on stripes/);
  expect(facts.parts![0]!.rows.find(({ what }) => what === 'after')!.value).toBe(variant.metrics.accuracy);
  expect(facts.latency!.before).toBeGreaterThan(0);
  expect(rows.at(-1)).toMatchObject({
    what: 'time of a run, measured, ms',
    ratio: facts.latency!.after / facts.latency!.before,
  });
  const { 'text/html': html, 'text/plain': text } = await reportOf(variant)[displaySymbol]();
  for (const told of ['Channels of each group', 'file zipped', 'intervals of 95 %'])
    expect(html).toContain(told);
  expect(text).toContain('MACs');
  expect(session.bars.at(-1)).toMatch(/^prune net: accuracy [\d.]+ to [\d.]+ %$/);
});

test.each([
  ['--importance l1 --uniform --sparsity 0.3 --as a', { importance: 'l1', scope: 'uniform', sparsity: 0.3 }],
  [
    '--importance taylor --samples 64 --global --as a',
    { importance: 'taylor', samples: 64, scope: 'global' },
  ],
  ['--importance fisher --samples 16 --min-channels 3 --as a', { importance: 'fisher', minChannels: 3 }],
  ['--importance bn --epochs 2 --schedule gradual --rounds 2 --as a', { schedule: 'gradual', rounds: 2 }],
  ['--schedule polynomial --epochs 3 --as a', { schedule: 'polynomial', epochs: 3, sparsity: 0.5 }],
  ['--structured --distill --as a', { what: 'channels', distill: true }],
  ['--lr 1e-4 --lr-schedule constant --seed 5 --as a', {}],
])('%%prune net %s', async (flags, expected) => {
  const variant = await prune(flags);
  expect(variant.name).toBe('a');
  expect(variant.options).toMatchObject(expected);
  expect(
    reportOf(variant).pruning.rows.some(({ before, after }) => (after as number) < (before as number)),
  ).toBe(true);
  if (flags.includes('--lr '))
    expect(variant.options.training).toMatchObject({ learningRate: 1e-4, schedule: 'constant', seed: 5 });
});

test('--keep leaves groups as they are, --epochs 0 does not train, --test 0 does not test', async () => {
  const dense = reportOf(await prune('--epochs 0')).pruning as ChannelReport;
  const { name } = dense.groups.find(({ before, after }) => after < before)!;
  const variant = await prune(`--keep ${name} --epochs 0 --test 0`);
  const { groups } = reportOf(variant).pruning as ChannelReport;
  const kept = groups.find((group) => group.name === name)!;
  expect(kept.after).toBe(kept.before);
  expect(reportOf(variant).trainings).toEqual([]);
  expect(variant.metrics.accuracy).toBeUndefined();
  expect(reportOf(variant).warnings.join()).toContain('Not tested: --test 0 says so');
});

test('--on another device is measured there, although the same pruning is kept', async () => {
  const home = process.env.HOME;
  process.env.HOME = session.context.cwd;
  const models = join(session.context.cwd, '.edgebook', 'models');
  const own = readdirSync(models);
  await run('%attach board local:');
  const here = await prune('--epochs 0 --test 0');
  const there = await prune('--epochs 0 --test 0 --on board');
  expect(there.id).toBe(here.id);
  expect(session.bars.at(-1)).not.toMatch(/kept from/);
  const told = (await there.report![displaySymbol]())['text/plain'] as string;
  expect(told).toContain('board, one thread');
  await prune('--epochs 0 --test 0 --on board');
  expect(session.bars.at(-1)).toMatch(/kept from/);
  await run('%detach board --clean');
  process.env.HOME = home;
  // The notebook is in the home folder here: what was sent goes, the ledger's own models stay.
  expect(readdirSync(models)).toEqual(expect.arrayContaining(own));
  expect(existsSync(join(session.context.cwd, '.edgebook', 'sent'))).toBe(false);
});

test('what is kept is of a device by its name and address', async () => {
  await run('%attach board local:');
  expect(deviceKey('board', session.context)).toBe('board local:');
  expect(deviceKey('local', session.context)).toBe('local');
  await run('%detach board');
  expect(() => deviceKey('board', session.context)).toThrow(/device 'board'/);
});

test('--unstructured and --n:m set weights to 0, the work stays', async () => {
  const sparse = await prune('--unstructured --sparsity 0.8 --epochs 2');
  expect(sparse.options).toMatchObject({ what: 'unstructured', sparsity: 0.8, epochs: 2 });
  const { facts, pruning } = reportOf(sparse);
  expect(pruning).toBeInstanceOf(WeightPruningReport);
  expect(facts.after.macs).toBe(facts.before.macs);
  expect(facts.after.nonzero).toBeLessThan(0.4 * facts.before.nonzero);
  const pattern = await prune('--n:m 2:4');
  expect(pattern.options).toMatchObject({ what: { n: 2, m: 4 } });
  expect(pattern.options.sparsity).toBeUndefined();
});

test('--latency is reached by measuring, and its recipe by the share that was found', async () => {
  const latency = reportOf(await prune('--epochs 0 --fresh')).facts.latency!;
  const easy = await prune(`--latency ${1000 * latency.before}ms --epochs 0`);
  expect(easy.options).toMatchObject({ sparsity: 1e-9, latency: { on: 'local' } });
  expect(reportOf(easy).pruning.warnings.join()).toMatch(/already takes no more than/);
  await expect(prune('--latency 1us --on local --epochs 0')).rejects.toThrow(/cannot be reached by pruning/);
});

test('--sensitivity shows the scan before; %sensitivity gives it alone, of channels and of weights', async () => {
  session.shown.length = 0;
  await prune('--sensitivity --epochs 0 --unstructured');
  expect((session.shown[0] as Report).title).toMatch(/^Sensitivity to pruning weights/);
  const line = '%sensitivity net --sparsities 0.3,0.6 --samples 32';
  const channels = (await run(line)) as Report;
  expect(channels.title).toMatch(/^Sensitivity to pruning channels: accuracy/);
  expect(channels.columns.map(({ header }) => header)).toEqual(['layer', '30 % pruned', '60 % pruned']);
  await expect(run('%sensitivity net --sparsities 0.3,x')).rejects.toThrow(/--sparsities.*was NaN/);
  await expect(run('%sensitivity net --importance bn --unstructured')).rejects.toThrow(/importance/);
});

test.each([
  ['--structured --unstructured', /--structured and --unstructured contradict/],
  ['--global --uniform', /--global and --uniform contradict/],
  ['--n:m 4:2', /--n:m must be two whole numbers.*was '4:2'/],
  ['--sparsity 0.5 --macs 0.5', /'?--sparsity'? and '?--macs/],
  ['--sparsity 1.5', /--sparsity is the share.*was 1.5/],
  ['--latency soon', /--latency must be a number above 0 in s, ms.*'soon'/],
  ['--on jetson-orin-nano', /'jetson-orin-nano' cannot be measured: it is a profile.*Attached are: local/],
  ['--on moon', /'moon' cannot be measured: no device of this name is attached/],
  ['--unstructured --macs 0.5', /--macs is for channels/],
  ['--schedule gradual', /needs at least 2 epochs, there are 1/],
  ['--distill --loss ce', /--distill learns the scores/],
  ["--keep 'nothing*'", /--keep must name groups.*'nothing\*' fits none/],
  ['--importance l3', /--importance must be one of l1, l2, taylor, fisher, bn/],
  ['--macs 0.001', /cannot be reached/],
])('%%prune net %s is refused', async (flags, message) => {
  await expect(prune(flags)).rejects.toThrow(message);
});

test('an interruption of the training keeps what is reached, and no recipe claims to repeat it', async () => {
  const controller = new AbortController();
  const other: MagicSession = { ...session, context: { ...session.context, signal: controller.signal } };
  const { magics } = await import('../../magics/index.ts');
  const { parseLine } = await import('../../magics/arguments.ts');
  const magic = magics.find(({ name }) => name === 'prune')!;
  const context = {
    ...other.context,
    curve: () => ({ update: () => controller.abort(new Error('enough')), done: () => {} }),
  };
  const variant = (await magic.run(
    parseLine(magic, 'net --epochs 50 --batch 16 --as half'),
    context as never,
  )) as Variant;
  expect(variant.options.interrupted).toBe(true);
  const { warnings, facts, trainings } = reportOf(variant);
  expect(warnings.join()).toMatch(/Interrupted.*Not tested: interrupted/s);
  expect(trainings[0]!.history.length).toBeLessThan(400);
  expect(facts.latency).toBeUndefined();
});

test('its recipe makes the pruned bytes again', async () => {
  const small = await prune('--macs 0.6 --importance taylor --samples 64 --lr 2e-3 --distill --as small');
  await run('%recipe small recipe.json');
  const recipe = readRecipe(readFileSync(join(session.context.cwd, 'recipe.json'), 'utf8'));
  expect(recipe.steps.map(({ step }) => step)).toEqual(['prune']);
  const [source, data] = ['net', 'stripes'].map((name) => session.variables.get(name));
  const again = (changed: object = {}) => {
    const [step] = recipe.steps;
    const steps = [{ ...step!, options: { ...step!.options, ...changed } }];
    return replayed({ ...recipe, steps }, source as Variant, data as Dataset);
  };
  const { content, report } = await again();
  expect(report.isSame).toBe(true);
  expect(sha256(content)).toBe(small.id);
  await expect(again({ interrupted: true })).rejects.toThrow(/was interrupted: it cannot be repeated/);
  await expect(again({ latency: { limit: 1, on: 'local' } })).rejects.toThrow(/needs the 'sparsity'/);
  await expect(again({ training: { speed: 1 } })).rejects.toThrow(
    /option of the step 'prune, training'.*speed/,
  );
});

test('--permute reorders channels for the pattern first, and the training keeps it', async () => {
  for (const epochs of [0, 1]) {
    const { pruning, warnings } = reportOf(await prune(`--n:m 2:4 --permute --epochs ${epochs} --test 0`));
    expect(pruning).toBeInstanceOf(WeightPruningReport);
    expect(pruning.warnings.join()).toMatch(/were reordered: the pattern keeps [\d.]+ % of \|w\| instead of/);
    expect(warnings.join()).toContain('Not tested');
  }
  await expect(prune('--unstructured --permute')).rejects.toThrow(/permute/);
});

test('%save --sparse writes the zeros no more, %load gives the same weights back', async () => {
  const { model, bytes } = await prune('--unstructured --sparsity 0.9 --epochs 0 --test 0 --as thin');
  const { rows, warnings } = (await run('%save thin thin.onnx --sparse')) as Report;
  const { size } = statSync(join(session.context.cwd, 'thin.onnx'));
  expect(rows).toEqual([{ file: 'thin.onnx', bytes: size, dense: bytes }]);
  expect(size).toBeLessThan(0.7 * bytes);
  expect(warnings.join()).toMatch(/onnxruntime and the workbench read sparse weights/);
  const loaded = (await run('%load thin.onnx --as again')) as Variant;
  for (const [name, { tensor }] of model.graph.initializers)
    expect(loaded.model.graph.initializers.get(name)!.tensor!.data).toEqual(tensor!.data);
  const dense = (await run('%save net net.onnx --sparse')) as Report;
  expect(dense.warnings.join()).toMatch(/No weights became smaller as values and indices/);
});
