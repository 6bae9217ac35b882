import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { parseBudget } from '../../../src/search/budget.ts';
import { costsOf } from '../../../src/search/costs.ts';
import type { Figures } from '../../../src/search/figures.ts';
import type { Lab } from '../../../src/search/lab.ts';
import { efforts, type PlannedStep } from '../../../src/search/plan.ts';
import type { Search } from '../../../src/search/search.ts';
import { targetsOf } from '../../../src/search/widths.ts';

const { shares } = efforts[0]!;

interface World {
  /** In ms, of a network of a share, and the size of the blocks that its channels come in. */
  latency(share: number, roundTo: number): number;
  /** How slow the machine is, by how much was measured before. Default: 1. */
  readonly slowness?: (times: number) => number;
  /** The narrowest that can be made. Default: all can. */
  readonly narrowest?: number;
}

/** A lab whose networks are their plans: nothing is made. */
function searchIn({ latency, narrowest = 0, slowness = () => 1 }: World, budget: string) {
  const source = { share: 1, roundTo: 1 };
  const measured: string[] = [];
  let times = 0;
  const parsed = parseBudget(budget);
  const sizes = (content: { share: number }) => ({
    size: 1000 * content.share,
    macs: 100 * content.share,
    params: 1,
  });
  const lab = {
    setup: { budget: parsed, source, devices: new Map([['board', undefined]]) },
    tell: () => {},
    sizes,
    async run([step]: PlannedStep[]) {
      const { macs: share, roundTo = 1 } = step!.options as { macs: number; roundTo?: number };
      if (share < narrowest) throw new UsageError(`${share} of the MACs cannot be reached`);
      return [{ outcome: { content: { share, roundTo } } }];
    },
    async measure(content: typeof source) {
      if (content !== source) measured.push(`${content.share} in ${content.roundTo}s`);
      const time = content === source ? 100 : latency(content.share, content.roundTo);
      return { latency: time * slowness(times++) };
    },
  };
  const figures: Figures = {
    ...{ size: 1000, macs: 100, params: 1, accuracy: undefined, drop: undefined },
    devices: { board: { latency: 100 } },
  };
  const settings = { epochs: 1, training: {}, int8: {}, maxDrop: undefined };
  const original = { figures, evaluation: undefined };
  const lists = { trials: [], probes: [], failures: [] };
  const state = { lab, effort: efforts[0]!, settings, original, ...lists } as unknown as Search;
  return { state, measured, original };
}

const found = async (world: World, budget: string) => {
  const { state, measured } = searchIn(world, budget);
  const targets = await targetsOf(state);
  return { targets, best: targets[0]!, measured };
};

test('the widest that is small enough is measured first, and taken if it is fast enough', async () => {
  const { best, measured } = await found({ latency: () => 10 }, 'latency<50%@board, size<60%');
  expect(best).toMatchObject({ share: shares.find((share) => share < 0.6), roundTo: 16 });
  expect(new Set(measured).size).toBe(1);
});

test('a narrower network that is slower hides no wider one that is fast enough', async () => {
  const latency = (share: number) => (share > 0.4 ? 40 : 90);
  const { best } = await found({ latency }, 'latency<50%@board, size<80%');
  expect(best.share).toBe(shares.find((share) => share < 0.8));
});

test('where time falls with the work few networks are measured, and none of twice the work would do', async () => {
  const { best, measured } = await found({ latency: (share) => 100 * share }, 'latency<20%@board');
  expect(best.share).toBeLessThan(0.2);
  expect(best.share).toBeGreaterThan(0.2 * 0.75);
  expect(new Set(measured).size).toBeLessThan(12);
});

test('blocks of any size may be the best', async () => {
  const latency = (share: number, roundTo: number) => (roundTo === 1 ? 100 * share : 200);
  const { best } = await found({ latency }, 'latency<60%@board');
  expect(best.roundTo).toBe(1);
});

test('what cannot be made is passed over for the narrowest that can', async () => {
  const narrowest = shares[9]!;
  const fits = (share: number) => (share > narrowest ? 100 : 40);
  const { best } = await found({ latency: fits, narrowest }, 'latency<50%@board');
  expect(best.share).toBe(narrowest);
  const none = await found({ latency: () => 100, narrowest }, 'latency<10%@board');
  expect(none.targets).toMatchObject([{ share: narrowest, why: expect.stringContaining('none fits') }]);
  const last = await found({ latency: (share) => (share > shares.at(-1)! ? 100 : 40) }, 'latency<50%@board');
  expect(last.best.share).toBe(shares.at(-1));
});

const content = { share: 0.5, roundTo: 8 } as unknown as Uint8Array;

test.each([
  ['it keeps its limit', 40, 'latency<50ms@board', 1],
  ['it misses narrowly', 50, 'latency<50ms@board', 3],
  ['it misses by far', 90, 'latency<50ms@board', 1],
  ['it misses narrowly, but is too large', 50, 'latency<50ms@board, size<1%', 1],
  ['it keeps a share by far', 30, 'latency<50%@board', 1],
  ['it keeps a share narrowly', 45, 'latency<50%@board', 3],
  ['it misses a share narrowly', 50, 'latency<50%@board', 3],
  ['it misses a share by far', 90, 'latency<50%@board', 1],
])('a time is measured as often as it helps: %s', async (_, latency, budget, times) => {
  const { state, measured, original } = searchIn({ latency: () => latency }, budget);
  await costsOf(state.lab as Lab, content, original.figures);
  expect(measured).toHaveLength(times);
});

describe('a machine that got twice as fast since the original was measured', () => {
  const world = { latency: (share: number) => 100 * share, slowness: () => 0.5 };

  test('takes no network that is wider than its share of the time allows', async () => {
    const { best } = await found(world, 'latency<50%@board');
    expect(best.share).toBeLessThan(0.5);
    expect(best.share).toBeGreaterThan(0.5 * 0.75);
  });

  test('is compared with the original as it is beside', async () => {
    const { state, original } = searchIn(world, 'latency<50%@board');
    const { costs, original: beside } = await costsOf(state.lab as Lab, content, original.figures);
    expect(costs.devices.board!.latency).toBe(25);
    expect(beside.devices.board!.latency).toBe(50);
  });
});

test('of pairs the middle one counts: that the machine halts in one of them tells nothing', async () => {
  for (const halted of [0, 1, 2, 3, 4, 5]) {
    const slowness = (times: number) => (times === halted ? 1.15 : 1 + times / 100);
    const { state, original } = searchIn({ latency: () => 48, slowness }, 'latency<50%@board');
    const { costs, original: beside } = await costsOf(state.lab as Lab, content, original.figures);
    const ratio = costs.devices.board!.latency / beside.devices.board!.latency;
    expect(Math.abs(ratio / 0.48 - 1)).toBeLessThan(0.02);
  }
});
