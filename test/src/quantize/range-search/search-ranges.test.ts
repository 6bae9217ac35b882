import { expect, test } from 'vitest';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import { emit, encode, minMax, planOf, prepare, type Scheme } from '../../../../src/quantize/index.ts';
import { observeRanges } from '../../../../src/quantize/observe-ranges.ts';
import type { Range } from '../../../../src/quantize/observer.ts';
import type { QuantizationPlan } from '../../../../src/quantize/plan.ts';
import { candidateRanges, searchFurther, searchRanges } from '../../../../src/quantize/range-search/index.ts';
import { exactNoise } from '../../../../src/quantize/sqnr.ts';
import { random } from '../../../../src/random.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';
import { build } from '../build.ts';

const scheme: Scheme = {
  activations: { dtype: 'uint8' },
  weights: { integers: { min: -127, max: 127 }, perChannel: true },
};

/** A hidden number that is large now and then, which the outputs do not look at. */
const inert = (weightOfLarge: number): Model =>
  build(({ b, weight }) => {
    const x = b.input('x', 'float32', ['N', 16]);
    const first = weight('first', [16, 24], 0.3);
    const data = first.tensor!.data as Float32Array;
    for (let i = 0; i < 16; i++) data[i * 24] = i === 0 ? 30 : 0;
    const last = weight('last', [24, 6], 0.3);
    (last.tensor!.data as Float32Array).fill(weightOfLarge, 0, 6);
    const h = b.op('Relu', [b.op('Gemm', [x, first, weight('b', [24], 0.1)])]);
    b.output(b.op('Gemm', [h, last, weight('c', [6], 0.1)]), 'y');
  });

function batches(seed: number): Feeds[] {
  const { normal } = random(seed);
  return Array.from({ length: 8 }, () => ({
    x: Tensor.of('float32', Float32Array.from({ length: 32 * 16 }, normal), [32, 16]),
  }));
}

/** In dB, on other samples than those of the search. */
const sqnrOf =
  (float: Model, plan: QuantizationPlan) =>
  async (ranges: ReadonlyMap<string, Range>): Promise<number> => {
    const quantized = emit(float, encode(plan, ranges, scheme)).model;
    return (await exactNoise({ float, quantized, feeds: batches(2) }, new Map([['y', 'y']]))).get('y')!;
  };

async function searched(model: Model) {
  const calibration = batches(1);
  const float = prepare(model);
  const plan = planOf(float);
  const seen = await observeRanges(float, plan, { calibration, observer: minMax });
  const { chosen: found } = await searchRanges(float, plan, { scheme, calibration, ranges: seen });
  const sqnr = sqnrOf(float, plan);
  const hidden = [...plan.activations.values()].find(({ producer }) => producer?.opType === 'Relu')!.name;
  return { seen, found, hidden, before: await sqnr(seen), after: await sqnr(found) };
}

test('large numbers that do not matter are clipped, and the outputs gain on other samples', async () => {
  const { seen, found, hidden, before, after } = await searched(inert(0));
  expect(found.get(hidden)!.max).toBeLessThan(0.6 * seen.get(hidden)!.max);
  expect(after).toBeGreaterThan(before + 2);
});

test('a search goes on with more samples, which may say otherwise', async () => {
  const float = prepare(inert(0));
  const plan = planOf(float);
  const calibration = batches(1);
  const ranges = await observeRanges(float, plan, { calibration, observer: minMax });
  const { tried: from, ...part } = await searchRanges(float, plan, { scheme, calibration, ranges });
  const options = { scheme, calibration, ranges };
  const same = await searchFurther(float, plan, { ...options, from: from! });
  expect(same.chosen).toEqual(part.chosen);
  const further = await searchFurther(float, plan, { ...options, from: from!, more: batches(3) });
  for (const [i, effect] of further.tried!.effects.entries())
    expect(effect).toBeGreaterThan(from!.effects[i]!);
  const sqnr = sqnrOf(float, plan);
  expect(await sqnr(further.chosen)).toBeGreaterThan((await sqnr(part.chosen)) - 0.1);
  // As if narrow ranges had done more harm than all that more samples can tell.
  const misled = { ...from!, effects: from!.effects.map((_, i) => 1e-9 * i) };
  const hidden = [...plan.activations.values()].find(({ producer }) => producer?.opType === 'Relu')!.name;
  const untold = await searchFurther(float, plan, { ...options, from: misled });
  expect(untold.chosen.get(hidden)).toEqual(ranges.get(hidden));
  const told = await searchFurther(float, plan, { ...options, from: misled, more: batches(3) });
  expect(told.chosen.get(hidden)!.max).toBeLessThan(0.6 * ranges.get(hidden)!.max);
  const other = searchFurther(float, plan, { ...options, from: { ...from!, scales: 'x 11' } });
  await expect(other).rejects.toThrow('other scales');
});

test('large numbers that matter are kept', async () => {
  const { seen, found, hidden, before, after } = await searched(inert(2));
  expect(found.get(hidden)!.max).toBeGreaterThan(0.75 * seen.get(hidden)!.max);
  expect(after).toBeGreaterThan(before - 0.5);
});

test('large samples may come in small batches; without any there is nothing to search on', async () => {
  const float = prepare(inert(0));
  const plan = planOf(float);
  const calibration = batches(1).flatMap(({ x }) => {
    const { data } = x as Tensor<'float32'>;
    return Array.from({ length: 10 }, (_, i) => ({
      x: Tensor.of('float32', data.slice(i * 48, (i + 1) * 48), [3, 16]),
    }));
  });
  const ranges = await observeRanges(float, plan, { calibration, observer: minMax });
  const { chosen: found } = await searchRanges(float, plan, { scheme, calibration, ranges });
  const hidden = [...plan.activations.values()].find(({ producer }) => producer?.opType === 'Relu')!.name;
  expect(found.get(hidden)!.max).toBeLessThan(0.6 * ranges.get(hidden)!.max);
  const none = searchRanges(float, plan, { scheme, calibration: [], ranges });
  await expect(none).rejects.toThrow('at least one full batch');
});

test('candidates begin with the whole range; one-sided ones stay one-sided', () => {
  expect(candidateRanges({ min: -1, max: 3 })[0]).toEqual({ min: -1, max: 3 });
  expect(candidateRanges({ min: 0, max: 3 }).every(({ min }) => min === 0)).toBe(true);
  const alone = candidateRanges({ min: -1, max: 3 }).filter(({ min, max }) => min === -1 && max < 3);
  expect(alone.length).toBeGreaterThan(3);
});
