import { beforeAll, describe, expect, test } from 'vitest';
import { recipeSteps } from '../../../magics/recipe-steps.ts';
import { Dataset } from '../../../src/data/index.ts';
import { ModelError } from '../../../src/errors.ts';
import { conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { readModel, writeModel } from '../../../src/onnx/index.ts';
import type { Figure } from '../../../src/plot/index.ts';
import type { Report } from '../../../src/report.ts';
import { type OptimizeToBudgetOptions, optimizeToBudget } from '../../../src/search/index.ts';
import { fit } from '../../../src/train/index.ts';
import { toyData } from '../recipe/fixture.ts';
import { stripes } from '../train/stripes.ts';

/** Stripes with other samples in its test split than it is trained on. */
const data = (() => {
  const all = stripes({ count: 1400, side: 8 });
  const { images, labels } = all.split('train');
  const part = (from: number, to: number) => ({
    images: (images as Float32Array).subarray(from * 64, to * 64),
    labels: labels!.subarray(from, to),
  });
  return all.with({ splits: { train: part(0, 600), test: part(600, 1400) } });
})();

let source: Uint8Array;
const optimize = (budget: string, options: Partial<OptimizeToBudgetOptions> = {}) =>
  optimizeToBudget(source, data, { budget, steps: recipeSteps, name: 'net', ...options });

beforeAll(async () => {
  const layers = [conv2d(24, 3), relu(), conv2d(24, 3, { stride: 2 }), relu(), flatten(), dense(2)];
  const { model } = await fit(sequential([1, 8, 8], layers, { seed: 1 }), data, { epochs: 4, batchSize: 32 });
  source = writeModel(model);
});

describe('a budget that can be kept', () => {
  test('8 bits are enough: nothing is pruned', async () => {
    const { best, verdict, report, trials } = await optimize('size<50%, drop<5%');
    expect(best.spec).toMatchObject({ share: 1, form: { name: 'int8' } });
    expect(trials).toHaveLength(2);
    expect(best.content.byteLength).toBeLessThan(source.byteLength / 2);
    expect(verdict!.isMet).toBe(true);
    expect(report.title).toBe('net keeps its budget: int8');
    expect(report.rows.map(({ kept }) => kept)).toEqual(['yes', expect.stringMatching(/^yes/)]);
  });

  test('channels go where 8 bits are not enough, as few as fit, and it learns from the original', async () => {
    const { best, verdict, trials, report } = await optimize('macs<30%, size<30%, drop<5%');
    expect(verdict!.isMet).toBe(true);
    expect(best.spec.share).toBeLessThanOrEqual(0.3);
    expect(best.chain.map(({ planned }) => planned.step).slice(0, 2)).toEqual(['prune', 'distill']);
    expect(best.figures.macs).toBeLessThan(0.3 * verdict!.original.macs);
    expect(verdict!.figures.size).toBe(best.content.byteLength);
    expect(trials.length).toBeGreaterThan(2);
    const [steps, tried, , probes] = report.charts as (typeof report)[];
    expect(steps!.rows.map(({ step }) => step)).toEqual([
      ...['the original', 'prune', 'distill', 'optimize'],
      ...(best.spec.form.name === 'float' ? [] : ['quantize']),
    ]);
    expect(steps!.rows[2]!.drop).toBeLessThanOrEqual(steps!.rows[1]!.drop as number);
    expect(tried!.rows[0]).toMatchObject({ network: 'the original' });
    expect(tried!.rows.at(-1)!.outcome).toMatch(/^taken: keeps all limits \(prune → distill → optimize/);
    const fits = probes!.rows.filter(({ outcome }) => outcome === 'fits').map(({ kept }) => kept as number);
    expect(Math.max(...fits)).toBeCloseTo(best.spec.kept, 12);
  });
});

test('what cannot be kept is told with the nearest and what binds', async () => {
  const { verdict, report } = await optimize('size<300B, drop<5%');
  expect(verdict!.isMet).toBe(false);
  expect(report.isMet).toBe(false);
  expect(report.title).toMatch(
    /does not keep its budget; the nearest is .* What binds: .*size .* kB, limit 0\.3 kB/,
  );
  expect(report.rows[0]).toMatchObject({ limit: 'size<300B', kept: 'no' });
});

test('what cannot be made of the model is passed over, and told', async () => {
  const steps = recipeSteps.map((step) =>
    step.name === 'quantize'
      ? { ...step, run: async () => Promise.reject(new ModelError('no operator can be int8')) }
      : step,
  );
  const { report, best } = await optimize('macs<50%, drop<20%', { steps });
  expect(report.isMet).toBe(true);
  expect(best.chain.map(({ planned }) => planned.step)).toEqual(['prune', 'distill', 'optimize']);
  expect(report.warnings[0]).toBe('Not to be made of it: int8: no operator can be int8');
});

test('an interruption keeps the best so far, and claims nothing', async () => {
  const stop = new AbortController();
  const onTrial = async () => stop.abort(new Error('stop'));
  const { verdict, report, trials } = await optimize('size<20%, drop<5%', { signal: stop.signal, onTrial });
  expect(trials).toHaveLength(1);
  expect(verdict).toBeUndefined();
  expect(report.isMet).toBeUndefined();
  expect(report.title).toMatch(/^net: interrupted after 1 networks, the best so far is float/);
  expect(report.rows.map(({ kept }) => kept)).toEqual(['not tested', 'not tested']);
  const late = new AbortController();
  const found = await optimize('size<50%, drop<5%', {
    signal: late.signal,
    onProgress: ({ message }) => {
      if (message === 'measuring the result again') late.abort(new Error('late'));
    },
  });
  expect(found.verdict).toBeUndefined();
  expect(found.best.spec.form.name).toBe('int8');
  const before = AbortSignal.abort(new Error('at once'));
  await expect(optimize('size<20%', { signal: before })).rejects.toThrow('at once');
});

test('budgets that cannot be measured are refused before the work', async () => {
  await expect(optimize('latency<5ms@jetson')).rejects.toThrow(/'jetson', which cannot be measured/);
  await expect(optimize('drop<1%', { effort: 'much' })).rejects.toThrow(/effort 'much'/);
  await expect(optimize('drop<1%', { epochs: 0 })).rejects.toThrow(/'epochs' must be a whole number/);
  const { train } = data.splits;
  const untested = new Dataset({ ...data, splits: { train: train! } });
  await expect(optimizeToBudget(source, untested, { budget: 'drop<1%', steps: recipeSteps })).rejects.toThrow(
    /'drop<1%' needs the accuracy, which cannot be told: 'stripes' has no split 'test'/,
  );
  await expect(
    optimizeToBudget(source, toyData(), { budget: 'macs<50%', steps: recipeSteps }),
  ).rejects.toThrow();
});

test('a validation split decides, and the whole test split is held out', async () => {
  const { report } = await optimizeToBudget(source, data.withValidation(100), {
    ...{ budget: 'size<50%, drop<10%', steps: recipeSteps, name: 'net' },
  });
  expect(report.warnings.at(-1)).toMatch(/Chosen by .* validation 100; .* of .* test 800/);
});

test('a time that rises where channels leave their blocks is no reason to take fewer', async () => {
  /** As kernels do it that work on blocks of 8 channels: a rest of one makes the layer slower than whole blocks. */
  const measure = async (content: Uint8Array) => {
    const { initializers } = readModel(content).graph;
    const widths = [...initializers.values()].flatMap(({ shape }) =>
      shape?.length === 4 ? Number(shape[0]) : [],
    );
    return { latency: widths.reduce((sum, width) => sum + (width % 8 === 0 ? width : 2 * width + 24), 0) };
  };
  const { best, verdict, report } = await optimize('latency<90%@board, params<75%, drop<5%', {
    deviceOf: () => measure,
  });
  expect(verdict!.isMet).toBe(true);
  expect(best.spec.roundTo).toBeGreaterThan(1);
  expect(best.spec.kept).toBeGreaterThan(0.6);
  const probes = (report.charts as (typeof report)[])[3]!.rows;
  expect(
    probes.some(({ roundTo, outcome }) => roundTo === 1 && /^too large: latency/.test(`${outcome}`)),
  ).toBe(true);
  const fits = probes.filter(({ outcome }) => outcome === 'fits').map(({ kept }) => kept as number);
  expect(Math.max(...fits)).toBeCloseTo(best.spec.kept, 12);
});

test('a share of a time is judged and shown as measured beside the original, while the machine gets faster', async () => {
  let calls = 0;
  const measure = async ({ byteLength }: Uint8Array) => ({ latency: byteLength / (1 + calls++ / 20) });
  const { best, verdict, report } = await optimize('latency<60%@board, drop<50%', {
    deviceOf: () => measure,
  });
  expect(verdict!.isMet).toBe(true);
  const share = best.figures.devices.board!.share!;
  expect(Math.abs(share / (best.content.byteLength / source.byteLength) - 1)).toBeLessThan(0.05);
  const [, tried, figure] = report.charts as [Report, Report, Figure];
  expect(tried.rows.at(-1)).toMatchObject({ network: 'int8', 'latency on board share': share });
  expect(figure.x).toMatchObject({ title: "Latency on board, share of the original's", unit: '%' });
  const [xs] = figure.marks.flatMap((mark) =>
    mark.kind === 'scatter' ? [mark.points.map(({ x }) => x)] : [],
  );
  expect(xs).toEqual([100, expect.closeTo(100, -1), 100 * share]);
});
