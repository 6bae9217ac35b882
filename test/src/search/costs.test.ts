import { describe, expect, test } from 'vitest';
import { costsOf } from '../../../src/search/costs.ts';
import { standingsOf } from '../../../src/search/figures.ts';
import { cautiousStandings, excesses } from '../../../src/search/trial.ts';
import { verdictOn } from '../../../src/search/verdict.ts';
import { searchIn, type World } from './search-in.ts';

const content = { share: 0.5, roundTo: 8 } as unknown as Uint8Array;

async function costsIn(world: World, budget: string) {
  const { lab, measured, original } = searchIn(world, budget);
  const { costs } = await costsOf(lab, content, original);
  const figures = { ...costs, accuracy: undefined, drop: undefined };
  return { lab, measured, original, figures, budget: lab.setup.budget };
}

test.each([
  ['it keeps its limit', 40, 'latency<50ms@board', 1],
  ['it misses narrowly', 50, 'latency<50ms@board', 3],
  ['it misses by far', 90, 'latency<50ms@board', 1],
  ['it misses narrowly, but is too large', 50, 'latency<50ms@board, size<1%', 1],
  ['it misses narrowly, but holds too much', 50, 'latency<50ms@board, memory<10B@board', 1],
  ['it keeps a share by far', 30, 'latency<50%@board', 1],
  ['it keeps a share narrowly', 45, 'latency<50%@board', 3],
  ['it misses a share narrowly', 50, 'latency<50%@board', 3],
  ['it misses a share by far', 90, 'latency<50%@board', 1],
  ['it misses a share narrowly, but is too large', 50, 'latency<50%@board, size<1%', 1],
])('a time is measured as often as it helps: %s', async (_, latency, budget, times) => {
  const { measured } = await costsIn({ latency: () => latency, memory: 20 }, budget);
  expect(measured).toHaveLength(times);
});

test('each device has its own limit; what misses one is measured once on those behind it', async () => {
  const world = { latency: () => 48 };
  const kept = await costsIn(world, 'latency<50%@a, latency<60ms@b');
  expect(kept.measured.map((text) => text.at(-1))).toEqual(['a', 'a', 'a', 'b']);
  expect(kept.figures.devices).toEqual({ a: { latency: 48, share: 0.48 }, b: { latency: 48 } });
  const missed = await costsIn(world, 'latency<45%@a, latency<45%@b');
  expect(missed.measured.map((text) => text.at(-1))).toEqual(['a', 'a', 'a', 'b']);
});

describe('on a machine that got twice as fast since the original was measured', () => {
  const world = { latency: () => 48, slowness: () => 0.5, memory: 20 };

  test('a share is of the original as it is beside, in what is judged and told', async () => {
    const { budget, figures, original } = await costsIn(world, 'latency<45%@board, memory<50%@board');
    expect(figures.devices.board).toEqual({ latency: 24, share: 0.48, memory: 20 });
    const standings = standingsOf(budget, figures, original);
    expect(standings).toMatchObject([
      { limit: 22.5, isMet: false },
      { limit: 50, isMet: true },
    ]);
    const cautious = cautiousStandings(budget, { figures }, original);
    expect(cautious[0]!.ratio).toBeCloseTo((0.48 * 1.05) / 0.45);
    expect(excesses(cautious, figures)).toEqual(['latency on board 24.0 ms + 5 %, limit 45 % of 50.0 ms']);
  });

  test('the verdict agrees with the search', async () => {
    const { lab, original, figures } = await costsIn(world, 'latency<50%@board');
    const trial = { content, figures } as Parameters<typeof verdictOn>[0];
    const verdict = await verdictOn(trial, { lab, heldOut: undefined, source: original });
    expect(verdict.isMet).toBe(true);
    expect(verdict.original.devices.board!.latency).toBe(50);
    expect(verdict.intervals.get('latency board')).toEqual({ value: 24, low: 24, high: 24 });
  });
});

describe('that the machine halts in one of three pairs', () => {
  test.each([0, 1, 2, 3, 4, 5])('tells nothing: measurement %i', async (halted) => {
    const slowness = (times: number) => (times % 6 === halted ? 1.15 : 1 + times / 200);
    const { lab, figures, original } = await costsIn({ latency: () => 48, slowness }, 'latency<49%@board');
    expect(Math.abs(figures.devices.board!.share! / 0.48 - 1)).toBeLessThan(0.01);
    const trial = { content, figures } as Parameters<typeof verdictOn>[0];
    const verdict = await verdictOn(trial, { lab, heldOut: undefined, source: original });
    expect(verdict.isMet).toBe(true);
    const { low, high } = verdict.intervals.get('latency board')!;
    expect(high / low).toBeGreaterThan(1.05);
  });
});
